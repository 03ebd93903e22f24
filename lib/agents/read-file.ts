import { AppError } from '@/lib/errors'
import { parsePolicy, type ParsedPolicy } from '@/lib/policy/parse'
import { pointerTo, type PolicyWarning } from '@/lib/policy/report'

/** A file that was accepted. */
export type Understood = Extract<ParsedPolicy, { ok: true }>

/**
 * A file as understood.
 * @throws AppError `invalid_policy` with line and column
 */
export function requirePolicy(config: string): Understood {
  const parsed = parsePolicy(config)
  if (parsed.ok) return parsed
  throw new AppError(
    'invalid_policy',
    `The file was refused: ${parsed.errors[0]?.detail ?? 'it cannot be read'}`,
    {
      errors: parsed.errors,
    },
  )
}

/**
 * Refuses a file for its warnings, where its author wants that.
 * @throws AppError `invalid_policy`
 */
export function requireNoWarnings(warnings: readonly PolicyWarning[]): void {
  const [first] = warnings
  if (!first) return
  throw new AppError(
    'invalid_policy',
    `The file was refused, as warnings are errors here: ${first.message}`,
    {
      errors: warnings.map(({ code, message, line, column }) => ({
        pointer: pointerTo('approval'),
        detail: `${message} (${code})`,
        line,
        column,
      })),
    },
  )
}
