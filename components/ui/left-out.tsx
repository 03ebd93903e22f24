import * as say from '@/words/ui/left-out'
import { Notice } from './notice'

/** Says which parts of the page's address were not understood, so that nobody takes the page for what it is not. */
export function LeftOut({ names, isStale = false }: { names: readonly string[]; isStale?: boolean }) {
  if (names.length === 0 && !isStale) return null
  return (
    <div className="mb-6 has-[+[data-desk]]:m-3">
      <Notice tone="warn">
        {names.length > 0 && say.leftOut(names.join(', '))}
        {isStale && say.isStale}
      </Notice>
    </div>
  )
}
