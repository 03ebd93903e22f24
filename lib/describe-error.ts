/**
 * The lines of an error's stack that say where it was thrown, innermost first. Its message stands before them and may
 * hold lines that look like them, so nothing is read up to its end, nor where it was changed and its end is unknown.
 */
export function framesOf({ stack, message }: Error): string[] {
  if (typeof stack !== 'string' || typeof message !== 'string') return []
  const at = stack.indexOf(message)
  if (at < 0) return []
  const lines = stack.slice(at + message.length).split('\n')
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim())
}

/** What kind of error it was and where, for who reads a terminal. */
export function describeWithPlace(error: unknown): string {
  const frames = error instanceof Error ? framesOf(error) : []
  return [describeError(error), ...frames.slice(0, 6).map((frame) => `    ${frame}`)].join('\n')
}

/**
 * What kind of error it was, for a log: of a database's error its code and place, for its message and the query's
 * parameters hold what callers sent.
 */
export function describeError(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) {
    const {
      code,
      routine,
      constraint_name: constraint,
    } = one as { code?: string; routine?: string; constraint_name?: string }
    if (typeof routine === 'string')
      return `PostgreSQL ${code} in ${routine}${constraint ? ` on ${constraint}` : ''}`
    if (one instanceof AggregateError) return one.errors.slice(0, 5).map(describeError).join(', ')
    // A query builder's message holds the statement and its values.
    if (one.cause === undefined && 'params' in one) return one.constructor.name
    // A parser's message quotes what it could not read.
    if (one instanceof SyntaxError) return one.name
    if (one.cause === undefined) return `${one.name}: ${one.message}`.slice(0, 300)
  }
  return 'not an error'
}
