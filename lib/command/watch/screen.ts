import type { Approval } from '@/lib/client/approval'
import { Problem } from '@/lib/client/errors'
import type { Me } from '@/lib/client/types'
import type { Io } from '../command'
import { decide } from '../decide'
import { oneLine } from '../printer'
import { requireOwnDigest } from '../show'
import type { Server } from '../server'
import { outcomeWords } from '../words'
import { draw } from './draw'
import { feed, readOne } from './feed'
import { frameText } from './frame'
import { Keys, type Key } from './keys'
import { Queue, readMark } from './queue'

const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h'
const leave = '\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l'

/** A confirmation sooner than that after its question was not meant as one. */
const stepMs = 400
const tickMs = 1000

/** The queue on a terminal: it is drawn anew after each key and each change, and leaves the terminal as it was. */
export class Screen {
  readonly queue = new Queue()
  private readonly ending = new AbortController()
  private silentSince: string | undefined
  private last = ''
  private readonly server: Server
  private readonly offsetMs: number

  constructor(
    private readonly io: Io,
    server: Server,
    private readonly me: Me,
    private readonly agent: string | undefined,
  ) {
    this.server = server.until(this.ending.signal)
    this.offsetMs = new Date(me.server.time).getTime() - Date.now()
  }

  /** Until the person leaves. @throws Problem where the credential opens nothing any more */
  async run(): Promise<void> {
    const { stdin, stdout, signal } = this.io
    const keys = new Keys((key) => this.onKey(key))
    const onData = (text: string) => keys.feed(text)
    const onAbort = () => this.ending.abort(signal.reason)
    const redraw = () => this.redraw(true)
    const restore = () => stdout.write(leave)
    signal.addEventListener('abort', onAbort)
    process.on('exit', restore)
    process.on('SIGCONT', redraw)
    stdout.on('resize', redraw)
    const wasRaw = stdin.isRaw
    stdin.setRawMode(true)
    stdin.setEncoding('utf8')
    stdout.write(enter)
    stdin.on('data', onData)
    stdin.resume()
    const ticking = setInterval(() => this.redraw(), tickMs)
    this.redraw(true)
    try {
      await this.follow()
    } finally {
      clearInterval(ticking)
      keys.close()
      stdin.off('data', onData)
      stdin.setRawMode(wasRaw)
      stdin.pause()
      stdout.off('resize', redraw)
      process.off('SIGCONT', redraw)
      process.off('exit', restore)
      signal.removeEventListener('abort', onAbort)
      restore()
    }
  }

  private async follow(): Promise<void> {
    const { signal } = this.ending
    while (!signal.aborted) {
      try {
        for await (const news of feed(this.server, this.agent, signal)) {
          this.silentSince = undefined
          if ('one' in news) this.queue.take(news.one)
          else {
            this.queue.isLoaded = true
            for (const id of this.queue.takeList(news.pending)) {
              const one = await readOne(this.server, id)
              if (one) this.queue.take(one)
            }
          }
          this.redraw()
        }
      } catch (error) {
        if (signal.aborted) break
        if (error instanceof Problem) throw error
        this.silentSince ??= new Date().toTimeString().slice(0, 8)
        this.redraw()
      }
    }
    if (signal.reason !== left) throw signal.reason
  }

  private redraw(isForced = false): void {
    const { stdout } = this.io
    const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 }
    const now = Date.now() + this.offsetMs
    const project = this.me.project.name
    const rows = draw(this.queue, { ...size, now, project, silentSince: this.silentSince })
    const text = frameText(rows, size, stdout.hasColors?.() ?? false)
    if (text === this.last && !isForced) return
    this.last = text
    stdout.write(text)
  }

  private onKey(key: Key): void {
    const { queue } = this
    if (key.name === 'interrupt') return this.ending.abort(left)
    if (queue.step) this.onStepKey(key)
    else if (key.name !== 'text') this.onListKey(key)
    this.redraw(key.name === 'redraw')
  }

  private onListKey({ name, isAlone }: Key): void {
    const { queue } = this
    const page = Math.max(1, queue.page - 1)
    switch (name.toLowerCase()) {
      case 'q':
        return this.ending.abort(left)
      case '?':
        queue.isHelp = !queue.isHelp
        return
      case 'escape':
        queue.isHelp = false
        queue.isWide = false
        queue.selected.clear()
        queue.notice = undefined
        return
      case 'j':
      case 'down':
        return queue.move(1)
      case 'k':
      case 'up':
        return queue.move(-1)
      case 'space':
      case 'page-down':
        queue.scroll += page
        return
      case 'b':
      case 'page-up':
        queue.scroll -= page
        return
      case 'n':
        return queue.showFresh()
      case 'e':
        queue.isWide = !queue.isWide
        return
      case 'x':
        return queue.toggle()
      case 't':
        return this.tellRun()
      case 'a':
        if (isAlone) this.begin('approve')
        return
      case 'r':
        if (isAlone) this.begin('reject')
    }
  }

  private tellRun(): void {
    const { item } = this.queue
    if (!item) return
    const [base] = item.url.split('/approvals')
    this.queue.notice = { text: `The run: ${oneLine(`${base}/runs/${item.run_id}`, 500)}`, isTrouble: false }
  }

  private begin(decision: 'approve' | 'reject'): void {
    const { queue } = this
    const { subjects } = queue
    if (queue.isHelp || subjects.length === 0) return
    if (decision === 'approve' && !subjects.every((one) => queue.read.has(readMark(one)))) {
      queue.notice = { text: 'There is more to read first: Space.', isTrouble: true }
      return
    }
    const barred = subjects.find((one) => one.can_decide?.allowed === false)
    if (barred) {
      queue.notice = {
        text: oneLine(barred.can_decide?.message ?? 'You may not decide it.', 300),
        isTrouble: true,
      }
      return
    }
    queue.notice = undefined
    // what was typed stays with what it was typed for
    const about = subjects.map(({ id }) => id).join()
    if (queue.reasonAbout !== about) queue.reason = ''
    queue.reasonAbout = about
    queue.step = { decision, subjects, since: performance.now() }
  }

  private onStepKey({ name, text, isAlone }: Key): void {
    const { queue } = this
    const { step } = queue
    if (!step || queue.isBusy) return
    if (name === 'escape') queue.step = undefined
    else if (name === 'backspace') queue.reason = [...queue.reason].slice(0, -1).join('')
    else if (name === 'clear') queue.reason = ''
    else if (name === 'page-down') queue.scroll += 5
    else if (name === 'page-up') queue.scroll -= 5
    else if (name === 'confirm') {
      if (isAlone && performance.now() - step.since >= stepMs) void this.confirm()
    } else if (name === 'enter') queue.notice = { text: 'Ctrl Enter or Ctrl J confirms.', isTrouble: false }
    else if (text !== '') {
      const typed = text.replace(/[\p{Cc}]+/gu, ' ')
      queue.reason = [...(queue.reason + typed)].slice(0, 4096).join('')
    }
  }

  /** Sends what was confirmed, one after the other, each with the digest of what was on the screen. */
  private async confirm(): Promise<void> {
    const { queue } = this
    const { step } = queue
    if (!step) return
    queue.isBusy = true
    queue.notice = undefined
    const reason = queue.reason.trim()
    const done: Approval[] = []
    try {
      for (const seen of step.subjects) {
        requireOwnDigest(seen)
        const decided = await decide(this.server, { ...seen, decision: step.decision, reason })
        queue.take(decided)
        done.push(decided)
        this.redraw()
      }
      queue.reason = ''
      queue.notice = { text: doneWords(done), isTrouble: false }
    } catch (error) {
      queue.notice = { text: this.troubleWords(error), isTrouble: true }
    } finally {
      queue.isBusy = false
      queue.step = undefined
      queue.selected.clear()
      if (!this.ending.signal.aborted) this.redraw()
    }
  }

  private troubleWords(error: unknown): string {
    if (!(error instanceof Problem)) {
      return error instanceof Error && error.name === 'Unavailable'
        ? 'Nobody answered: the decision may or may not be on record. The row shows what holds once somebody does.'
        : oneLine(String((error as Error).message), 300)
    }
    if (error.approval) this.queue.take(error.approval)
    return error.approval && error.approval.status !== 'pending'
      ? `Too late. ${outcomeWords(error.approval)}`
      : oneLine(error.message, 300)
  }
}

/** The person has seen enough. */
const left = new Error('left')

function doneWords(done: Approval[]): string {
  const [first] = done
  if (!first) return ''
  if (done.length > 1) return `${done.length} requests were decided.`
  if (first.status === 'pending')
    return `Your vote is on record; it needs more people${first.progress ? ` (${oneLine(first.progress.text, 200)})` : ''}.`
  return `${first.status === 'approved' ? 'Approved' : 'Rejected'} ${oneLine(first.tool, 80)} for ${oneLine(first.agent, 80)}.`
}
