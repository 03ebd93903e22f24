/** What becomes of some work in a word: `done`, or the code of its AppError. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )
}
