/** Work of which one round is done at a time in this process; whoever asks meanwhile shares the one after it. */
export class Rounds<Out> {
  private running: Promise<Out> | undefined
  private next: Promise<Out> | undefined

  constructor(private readonly work: () => Promise<Out>) {}

  /** A round that begins now, or as soon as the one that runs has ended, however that ends. */
  run(): Promise<Out> {
    if (this.next) return this.next
    if (!this.running) return this.begin()
    this.next = this.running.then(
      () => this.begin(),
      () => this.begin(),
    )
    return this.next
  }

  private begin(): Promise<Out> {
    this.next = undefined
    const running = this.work().finally(() => {
      if (this.running === running) this.running = undefined
    })
    this.running = running
    return running
  }
}
