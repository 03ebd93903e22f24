import { useNow } from '../ui/clock'
import { spanWords } from '../ui/duration'

/** A finished span; `ms` null where it goes on, then it ticks from `since`. */
export function Duration({ ms, since }: { ms: number | null; since?: string }) {
  const now = useNow()
  return (
    <span className="whitespace-nowrap">
      {spanWords(ms ?? (since ? Math.max(0, now - Date.parse(since)) : 0))}
    </span>
  )
}
