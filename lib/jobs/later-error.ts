/** What a task throws where it may be tried again, but not before a time has passed: the back-off is kept to at least that. */
export class LaterJobError extends Error {
  readonly afterMs: number

  constructor(message: string, afterMs: number) {
    super(message)
    this.name = 'LaterJobError'
    this.afterMs = afterMs
  }
}
