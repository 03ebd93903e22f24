/** What a run has to undo, in reverse order, once, however and whenever it ends. */
export class Ending {
  private readonly steps: (() => unknown)[] = []
  private running: Promise<void> | undefined

  /**
   * Says how to undo what was made just now, without any waiting in between.
   * @throws Error where the end has begun meanwhile, having undone it at once
   */
  add(step: () => unknown): void {
    this.steps.push(step)
    if (this.running === undefined) return
    this.running = this.running.then(() => this.undo())
    throw new Error('The run was ended.')
  }

  /**
   * Makes something that takes its time; should the end come meanwhile, it waits until that is made and undoes it.
   * @throws Error where the end has begun before, or by the time it is made
   */
  async make<T>(work: () => Promise<T>, undo: (made: T) => unknown): Promise<T> {
    if (this.running !== undefined) throw new Error('The run was ended.')
    const made = work()
    this.add(() => made.then(undo, () => undefined))
    const result = await made
    if (this.running !== undefined) throw new Error('The run was ended.')
    return result
  }

  /** Undoes all; a step that fails is said on standard error and does not keep the others from being done. */
  run(): Promise<void> {
    return (this.running ??= this.undo())
  }

  private async undo(): Promise<void> {
    for (const step of this.steps.splice(0).toReversed()) {
      try {
        await step()
      } catch (error) {
        console.error(`Cleaning up: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
}
