import { accessSync, constants, statSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { delimiter, join, resolve } from 'node:path'
import type { Io } from './command'
import { wrongly } from './exit'
import { oneLine } from './printer'

/** How a program ended: its exit code (128 and the number of the signal that ended it), and the end of what it wrote. */
export type Ended = { code: number; output: string | undefined }

type RunChild = Pick<Io, 'stdin' | 'stdout' | 'stderr' | 'env' | 'cwd'> & {
  /** Whether the end of what it writes is kept; else it writes to the terminal itself. */
  keepsOutput: boolean
  /** Whether it reads our stdin. */
  readsStdin: boolean
}

const keptBytes = 4096
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Runs a program without a shell: each argument arrives as it stands. Signals are passed on to it.
 * @throws Error where it cannot be started
 */
export async function runChild([program, ...args]: string[], how: RunChild): Promise<Ended> {
  const { keepsOutput, readsStdin, env, cwd, stdin } = how
  const ours = keepsOutput ? 'pipe' : 'inherit'
  const stdio: StdioOptions = [readsStdin ? 'inherit' : 'ignore', ours, ours]
  const child = spawn(program ?? '', args, {
    cwd,
    env: withoutToken(env),
    shell: false,
    stdio,
  })
  const tail = new Tail(keptBytes)
  child.stdout?.on('data', (chunk: Buffer) => tail.add(chunk))
  child.stderr?.on('data', (chunk: Buffer) => tail.add(chunk))
  child.stdout?.pipe(how.stdout, { end: false })
  child.stderr?.pipe(how.stderr, { end: false })
  const handlers = passedOn.map((signal) => {
    // what is typed at a terminal reaches all of its foreground processes by itself
    const isTyped = (signal === 'SIGINT' || signal === 'SIGQUIT') && stdin.isTTY
    const handler = () => void (isTyped || child.kill(signal))
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  try {
    return await endOf(child, () => (keepsOutput ? tail.text() : undefined))
  } finally {
    for (const undo of handlers) undo()
  }
}

/** Runs a program without a shell, with a text on its stdin; what it writes goes where ours does. */
export function runWithInput(
  [program, ...args]: string[],
  io: Pick<Io, 'env' | 'cwd'>,
  text: string,
): Promise<Ended> {
  const env = withoutToken(io.env)
  const child = spawn(program ?? '', args, {
    cwd: io.cwd,
    env,
    shell: false,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  // one that does not read it may end before all is written
  child.stdin.on('error', () => undefined)
  child.stdin.end(text)
  return endOf(child, () => undefined)
}

function endOf(child: ChildProcess, output: () => string | undefined): Promise<Ended> {
  return new Promise<Ended>((done, fail) => {
    child.on('error', fail)
    child.on('close', (code, signal) => {
      const number = signal === null ? 0 : osConstants.signals[signal]
      done({ code: code ?? 128 + number, output: output() })
    })
  })
}

/** What a program that is gated or woken may know: not what decides in a person's name. */
function withoutToken(env: Io['env']): NodeJS.ProcessEnv {
  const { HOLDPOINT_TOKEN: _, ...others } = env
  return others as NodeJS.ProcessEnv
}

/** The last bytes of a stream. */
class Tail {
  private bytes = Buffer.alloc(0)
  private isCut = false
  constructor(private readonly most: number) {}

  add(chunk: Buffer): void {
    const all = Buffer.concat([this.bytes, chunk.subarray(-this.most)])
    this.isCut ||= all.length > this.most || chunk.length > this.most
    this.bytes = Buffer.from(all.subarray(-this.most))
  }

  /** Without half a character at its beginning, and without what no JSON text of ours carries. */
  text(): string {
    let from = 0
    if (this.isCut) while (from < 3 && ((this.bytes[from] ?? 0) & 0xc0) === 0x80) from++
    return this.bytes.subarray(from).toString('utf8').replaceAll('\0', '\u2400')
  }
}

/**
 * Finds out before anybody is asked whether a program is there.
 * @throws Failure where it is not, or may not be run
 */
export function requireProgram(program: string | undefined, { env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  if (!program) throw wrongly('Say behind -- what to run.')
  if (process.platform === 'win32') return program
  const places = program.includes('/')
    ? [resolve(cwd, program)]
    : (env.PATH ?? '').split(delimiter).map((folder) => join(folder || '.', program))
  if (!places.some(isProgram)) throw wrongly(`There is no program ${oneLine(program)} that could be run.`)
  return program
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
