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
    // A parser's message quotes what it could not read.
    if (one instanceof SyntaxError) return one.name
    if (one.cause === undefined) return `${one.name}: ${one.message}`.slice(0, 300)
  }
  return 'not an error'
}
