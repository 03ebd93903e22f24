import { randomUUID } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import type { JsonObject } from '@/lib/client/json'

/** For how long a client that was told to come back is taken to be on its way. */
const comesBackMs = 60_000

/** Whose the process is, and where: processes see each other's ids only within one of these. */
function processSpace(): string {
  const owner = `${userInfo().username}@${hostname()}`
  try {
    return `${owner} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return owner
  }
}

/**
 * Who waits for which call: in this process by its id, in others by what they left with the approval. An identical call
 * goes on with one that nobody waits for, and is a second question where somebody does.
 */
export class Waiters {
  private readonly space = processSpace()
  /** Left with each approval, so that other processes know whether this one is still there. */
  readonly mark = `${process.pid} ${randomUUID().slice(0, 8)} ${this.space}`.slice(0, 300)
  /** By run and id of the call; the number says how many are there. */
  private readonly here = new Map<string, number>()
  private readonly expected = new Map<string, NodeJS.Timeout[]>()

  enter(key: string): void {
    this.here.set(key, (this.here.get(key) ?? 0) + 1)
  }

  leave(key: string): void {
    const count = (this.here.get(key) ?? 0) - 1
    if (count > 0) this.here.set(key, count)
    else this.here.delete(key)
  }

  /** Counts as there until the client that was told to come back has had the time to. */
  expect(key: string): void {
    this.enter(key)
    const timer = setTimeout(() => this.comesBack(key), comesBackMs)
    timer.unref()
    this.expected.set(key, [...(this.expected.get(key) ?? []), timer])
  }

  /** One that was expected is there, or will not come. */
  comesBack(key: string): void {
    const [timer, ...others] = this.expected.get(key) ?? []
    if (!timer) return
    clearTimeout(timer)
    if (others.length > 0) this.expected.set(key, others)
    else this.expected.delete(key)
    this.leave(key)
  }

  /** Whether somebody waits for this call. */
  isWaitedFor(key: string, metadata: JsonObject): boolean {
    if (this.here.has(key)) return true
    const { proxy } = metadata
    if (typeof proxy !== 'string') return true
    if (proxy === this.mark) return false
    const [, pid = '', space = ''] = /^(\d+) \S+ (.*)$/s.exec(proxy) ?? []
    // a process elsewhere cannot be looked at: better a second question than two calls in one
    if (space !== this.space) return true
    if (Number(pid) === process.pid) return false
    try {
      process.kill(Number(pid), 0)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM'
    }
  }
}
