import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/* oxlint-disable typescript/no-explicit-any -- tests read fields of whatever came */

/** How a process is started: with this environment and nothing of ours. */
export type Start = { command: string; args: string[]; env: Record<string, string> }

/** Looks until it is so. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 30_000,
): Promise<T> {
  for (const end = Date.now() + ms; ;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`it did not come to be: ${look}`)
    await new Promise((done) => setTimeout(done, 30))
  }
}

/** Whether a process, which may be a child of somebody else's, is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A process that speaks lines of JSON, as a client sees it that is nobody's library. */
export class LineProcess {
  readonly child: ChildProcess
  readonly lines: string[] = []
  stderr = ''
  readonly ended: Promise<unknown>

  constructor({ command, args, env }: Start) {
    this.child = spawn(command, args, { env: env as NodeJS.ProcessEnv, stdio: ['pipe', 'pipe', 'pipe'] })
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(line))
    this.child.stderr!.on('data', (chunk: Buffer) => (this.stderr += String(chunk)))
    this.child.stdin!.on('error', () => undefined)
    this.ended = once(this.child, 'exit')
  }

  say(text: string): void {
    this.child.stdin!.write(`${text}\n`)
  }

  send(message: object): void {
    this.say(JSON.stringify({ jsonrpc: '2.0', ...message }))
  }

  /** The first line that answers this id, as it came. */
  answer(id: number | string, ms?: number): Promise<string> {
    return until(() => this.lines.find((line) => (JSON.parse(line) as { id?: unknown }).id === id), ms)
  }

  async result(id: number | string, ms?: number): Promise<any> {
    return JSON.parse(await this.answer(id, ms)).result
  }

  /** What it is told in words: the first text of a result, or the message of an error. */
  async words(id: number | string, ms?: number): Promise<string> {
    const { result, error } = JSON.parse(await this.answer(id, ms))
    return result?.content?.[0]?.text ?? error?.message ?? ''
  }

  async initialize(): Promise<void> {
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'lines', version: '1' },
    }
    this.send({ id: 'init', method: 'initialize', params })
    await this.answer('init', 120_000)
    this.send({ method: 'notifications/initialized' })
  }

  call(id: number | string, name: string, args: object, meta: object = {}): void {
    this.send({ id, method: 'tools/call', params: { name, arguments: args, _meta: meta } })
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
