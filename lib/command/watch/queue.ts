import type { Approval } from '@/lib/client/approval'

/** A decision that has been begun and not yet confirmed. */
export type Step = {
  decision: 'approve' | 'reject'
  /** What was on the screen when it was begun: these and no others are decided. */
  subjects: Approval[]
  /** When it came onto the screen. */
  since: number
}

export type Notice = { text: string; isTrouble: boolean }

/** The requests of the screen, in an order that changes only where the person asks for it. */
export class Queue {
  /** In the order of the screen; those that were decided stay until the list is made anew. */
  shown: Approval[] = []
  /** Asked for since. */
  fresh = new Map<string, Approval>()
  current: string | undefined
  readonly selected = new Set<string>()
  step: Step | undefined
  /** What was typed, which stays when the step is left, and the ids that it was typed for. */
  reason = ''
  reasonAbout = ''
  isBusy = false
  notice: Notice | undefined
  /** Which calls have been on the screen to their ends, by id and digest. */
  readonly read = new Set<string>()
  scroll = 0
  /** So many lines of the request were on the screen last. */
  page = 1
  /** Whether anything is known yet. */
  isLoaded = false
  isWide = false
  isHelp = false

  get item(): Approval | undefined {
    return this.shown.find(({ id }) => id === this.current)
  }

  /** What a decision would be about: what is selected, else the current one; only what is pending. */
  get subjects(): Approval[] {
    const chosen = this.shown.filter(({ id }) => this.selected.has(id))
    const all = chosen.length > 0 ? chosen : this.item ? [this.item] : []
    return all.filter(({ status }) => status === 'pending')
  }

  get waiting(): number {
    return this.shown.filter(({ status }) => status === 'pending').length
  }

  /** All that is pending, as a list of the server says; what is gone from it is read again by the caller. */
  takeList(pending: Approval[]): string[] {
    if (this.shown.length === 0) {
      this.shown = pending
      this.current = pending[0]?.id
      return []
    }
    for (const one of pending) this.take(one)
    const ids = new Set(pending.map(({ id }) => id))
    for (const id of this.fresh.keys()) if (!ids.has(id)) this.fresh.delete(id)
    return this.shown.filter(({ id, status }) => status === 'pending' && !ids.has(id)).map(({ id }) => id)
  }

  /** One approval as it is now. */
  take(approval: Approval): void {
    const at = this.shown.findIndex(({ id }) => id === approval.id)
    if (at >= 0) {
      // an answer that is older than what is shown says nothing
      if (this.shown[at]?.status !== 'pending' && approval.status === 'pending') return
      this.shown[at] = approval
      if (approval.status !== 'pending') this.settle(approval)
    } else if (approval.status !== 'pending') this.fresh.delete(approval.id)
    else if (this.shown.length === 0) {
      this.shown = [approval]
      this.current = approval.id
    } else this.fresh.set(approval.id, approval)
  }

  private settle({ id }: Approval): void {
    this.selected.delete(id)
    if (!this.step || this.isBusy || !this.step.subjects.some((one) => one.id === id)) return
    this.step = undefined
    this.notice = { text: 'Somebody else was first. Nothing was sent.', isTrouble: true }
  }

  /** The list anew: what is pending, the nearest deadline first. */
  showFresh(): void {
    const pending = [...this.shown.filter(({ status }) => status === 'pending'), ...this.fresh.values()]
    this.fresh.clear()
    this.shown = pending.sort((a, b) =>
      a.expires_at < b.expires_at ? -1 : a.expires_at > b.expires_at ? 1 : 0,
    )
    if (!this.item) this.current = this.shown[0]?.id
    this.scroll = 0
  }

  move(by: number): void {
    const at = this.shown.findIndex(({ id }) => id === this.current)
    const next = this.shown[Math.max(0, Math.min(this.shown.length - 1, at + by))]
    if (!next || next.id === this.current) return
    this.current = next.id
    this.scroll = 0
    this.notice = undefined
  }

  toggle(): void {
    const { item } = this
    if (!item || item.status !== 'pending') return
    if (!this.selected.delete(item.id)) this.selected.add(item.id)
    this.scroll = 0
  }
}

/** By what it is remembered that a call was read to its end: as it was then. */
export function readMark({ id, digest }: Approval): string {
  return `${id} ${digest}`
}
