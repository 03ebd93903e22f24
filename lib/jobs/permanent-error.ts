/** What a task throws where trying again cannot help: the job is parked with this message. */
export class PermanentJobError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'PermanentJobError'
  }
}
