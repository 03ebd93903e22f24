import {
  createElement,
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useState,
  type ComponentType,
  type ReactNode,
} from 'react'
import * as say from '@/words/ui/late'
import * as shared from '@/words/shared'
import { Button } from './button'

/**
 * A part whose script is read when it is first drawn, with `meanwhile` in its place. Where it cannot be read, as while
 * the server is away or after a deployment, its place says so and offers to try again, and the page stays as it is.
 */
export function late<P extends object>(
  read: () => Promise<ComponentType<P>>,
  meanwhile: ReactNode = null,
): ComponentType<P> {
  const Part = lazy(() => read().then(asModule, () => asModule(Unread)))

  function Unread(props: P) {
    const [Found, setFound] = useState<ComponentType<P>>()
    const again = useCallback(() => void read().then((found) => setFound(() => found), ignore), [])
    // Where it is drawn anew later, it may be there.
    useEffect(again, [again])
    if (Found) return createElement(Found, props)
    return <NotLoaded onAgain={again} />
  }

  return function Late(props: P) {
    return <Suspense fallback={meanwhile}>{createElement(Part, props)}</Suspense>
  }
}

/** In the place of what could not be read. */
export function NotLoaded({ onAgain }: { onAgain: () => void }) {
  return (
    <p role="alert" className="flex flex-wrap items-center gap-2 py-1 text-sm text-danger">
      {say.couldNotBeLoaded}
      <Button size="sm" onClick={onAgain}>
        {shared.tryAgain}
      </Button>
    </p>
  )
}

const asModule = <P,>(part: ComponentType<P>) => ({ default: part })
const ignore = () => undefined
