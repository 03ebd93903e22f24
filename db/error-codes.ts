/** The codes (SQLSTATE, Node's or the driver's) of an error and of its causes. */
export function codesOf(error: unknown): string[] {
  const codes: string[] = []
  for (let one = error; one instanceof Error; one = one.cause)
    codes.push(String((one as { code?: unknown }).code ?? ''))
  return codes
}
