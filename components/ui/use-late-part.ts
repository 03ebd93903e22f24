import { useCallback, useEffect, useReducer, useState } from 'react'

const signs = ['pointermove', 'pointerdown', 'keydown', 'focusin']
const once = { once: true, capture: true, passive: true }

/**
 * For what has to be there as soon as it is asked for: it is read with the first sign of a person at the page, and then
 * drawn at once.
 *
 * @returns a hook that gives it; undefined while it is on its way, or with `hasFailed` until it is tried `again`
 */
export function latePart<T extends object>(read: () => Promise<T>) {
  let found: T | undefined
  const load = async () => void (found = await read())
  if (typeof window !== 'undefined')
    for (const sign of signs) addEventListener(sign, () => void load().catch(() => undefined), once)

  return function useLatePart(isWanted: boolean) {
    const [, redraw] = useReducer((times: number) => times + 1, 0)
    const [hasFailed, setFailed] = useState(false)
    const again = useCallback(() => void load().then(redraw, () => setFailed(true)), [])
    const isMissing = isWanted && !found
    // What failed once is not told of another time that it is asked for.
    if (hasFailed && !isMissing) setFailed(false)
    useEffect(() => {
      if (isMissing) again()
    }, [isMissing, again])
    return { part: found, hasFailed, again }
  }
}
