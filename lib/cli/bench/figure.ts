import type { SectionName } from './options'

/** One line of the report. */
export type Figure = {
  section: SectionName
  name: string
  /** The median of the rounds; null where it could not be measured, for which the note says why. */
  value: number | null
  unit: '/s' | 'ms' | 's' | 'MB' | 'ns'
  /** Every round's value, in order. */
  rounds?: number[]
  /** The value divided by pgbench's in the same run. */
  ofPgbench?: number
  /** The value divided by that of the static answer in the same run. */
  ofStatic?: number
  /** What the issue asks of it, and whether it is met. */
  target?: { text: string; isMet: boolean }
  note?: string
}

const bounds = {
  atLeast: { sign: '≥', holds: (value: number, bound: number) => value >= bound },
  atMost: { sign: '≤', holds: (value: number, bound: number) => value <= bound },
}

/** A target such as `≥ 0.5 of pgbench`. */
export function target(
  value: number,
  kind: keyof typeof bounds,
  bound: number,
  of: string,
): { text: string; isMet: boolean } {
  const { sign, holds } = bounds[kind]
  return { text: `${sign} ${bound} ${of} (${ratioText(value)})`, isMet: holds(value, bound) }
}

export function ratioText(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1)
}

/** A value with as many digits as it deserves. */
export function valueText(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(value >= 10 ? 1 : 2)
}
