import { escalatesAt, rulesOf } from './people'
import type { Terms } from './terms'

/** Who is asked too from a moment on. */
export type Escalation = { at: Date; to: string[]; reached: boolean }

/** The escalations of all rules together, in the order of their times. */
export function escalationsOf(terms: Terms | null, requestedAt: Date, now: Date): Escalation[] {
  const byTime = new Map<number, Set<string>>()
  for (const step of rulesOf(terms).flatMap(({ escalate }) => escalate)) {
    const at = escalatesAt(step, requestedAt).getTime()
    const names = byTime.get(at) ?? new Set()
    for (const name of step.to) names.add(name)
    byTime.set(at, names)
  }
  return [...byTime]
    .toSorted(([a], [b]) => a - b)
    .map(([at, names]) => ({ at: new Date(at), to: [...names], reached: at <= now.getTime() }))
}

/** When the next escalation is due that has not been reached; null where there is none. */
export function nextEscalation(terms: Terms | null, requestedAt: Date, now: Date): Date | null {
  return escalationsOf(terms, requestedAt, now).find(({ reached }) => !reached)?.at ?? null
}
