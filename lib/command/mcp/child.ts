import { spawn, type ChildProcess } from 'node:child_process'
import { readLines } from './lines'

/** How a server is started, as in the `mcpServers` of clients. */
export type Start = {
  command: string
  args: string[]
  env: Record<string, string>
  cwd: string | undefined
}

/** For how long a server that was told to end may take. */
const endMs = 3000

/**
 * Waits until this process is gone, however it went, and then ends the group of processes that the server's is the first of.
 * By -s, for a shell such as dash takes no -- behind -TERM.
 */
const guard = 'cat >/dev/null; kill -s TERM -- "-$1" 2>/dev/null; sleep 2; kill -s KILL -- "-$1" 2>/dev/null'

const isWindows = process.platform === 'win32'

/** A server that is a process of ours; it never outlives this one. */
export class ChildServer {
  /** Resolves with why when it has ended. */
  readonly ended: Promise<string>
  private readonly child: ChildProcess
  private readonly guard: ChildProcess | undefined

  constructor(
    { command, args, env, cwd }: Start,
    private readonly onLine: (line: string) => void,
  ) {
    this.child = spawn(command, args, {
      env: env as NodeJS.ProcessEnv,
      cwd,
      // of its own group, so that what it started ends with it
      detached: !isWindows,
      stdio: ['pipe', 'pipe', 'inherit'],
      windowsHide: true,
    })
    const { pid, stdin, stdout } = this.child
    if (pid !== undefined && !isWindows) {
      this.guard = spawn('/bin/sh', ['-c', guard, 'sh', String(pid)], {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      this.guard.unref()
      this.guard.on('error', () => undefined)
    }
    stdin?.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      const isClosed = new Promise<void>((done) => {
        if (stdout) readLines(stdout, this.onLine, done)
        else done()
      })
      this.child.once('error', (error) => resolve(`${command} could not be started: ${error.message}`))
      this.child.once('exit', (code, signal) => {
        // what it said before it ended still counts
        void isClosed.then(() => resolve(`The server ended (${signal ?? `code ${code}`}).`))
        setTimeout(() => stdout?.destroy(), 1000).unref()
      })
    })
    void this.ended.then(() => {
      // what it started and left behind
      this.kill('SIGKILL', pid)
      this.kill('SIGKILL', this.guard?.pid)
    })
  }

  send(text: string): void {
    this.child.stdin?.write(`${text}\n`)
  }

  /** Closes its input, as the protocol has it; then tells it to end, then ends it, with all that it started. */
  async end(): Promise<void> {
    this.child.stdin?.end()
    for (const signal of [undefined, 'SIGTERM', 'SIGKILL'] as const) {
      if (signal) this.kill(signal, this.child.pid)
      if (await within(endMs / 2, this.ended)) break
    }
  }

  /** The group that a process is the first of. */
  private kill(signal: NodeJS.Signals, pid: number | undefined): void {
    if (pid === undefined) return
    try {
      if (isWindows) this.child.kill(signal)
      else process.kill(-pid, signal)
    } catch {
      // it has ended
    }
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)))
  const isDone = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return isDone
}
