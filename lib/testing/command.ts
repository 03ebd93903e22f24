import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import type { Io } from '@/lib/command/command'
import { main } from '@/lib/command/main'
import { childEnv } from './child-env'

export type Ran = { code: number; stdout: string; stderr: string }

export type RunOptions = {
  /** Added to an environment that has nothing but a home of its own. */
  env?: Record<string, string>
  stdin?: string
  cwd?: string
  signal?: AbortSignal
  /** Is handed what stands on stdout so far, with each piece. */
  onStdout?: (text: string) => void
  onStderr?: (text: string) => void
  /** Says that stdin is a terminal. */
  isTerminal?: true
}

/** A person's machine: a home where the command keeps its configuration. */
export function makeMachine(env: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'holdpoint-command-'))
  return {
    home,
    config: join(home, '.config', 'holdpoint', 'config.json'),
    /** The command in this process, without a terminal. */
    run: (argv: string[], options: RunOptions = {}) =>
      run(argv, { HOME: home, ...env, ...options.env }, options),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

async function run(argv: string[], env: Record<string, string>, options: RunOptions): Promise<Ran> {
  const { stdin = '', cwd = env.HOME ?? '/', signal, onStdout, onStderr, isTerminal } = options
  const input = Object.assign(new PassThrough(), { isTTY: isTerminal })
  input.end(stdin)
  const [stdout, stderr] = [collect(onStdout), collect(onStderr)]
  const io = {
    stdin: input,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd,
    signal: signal ?? new AbortController().signal,
  } as unknown as Io
  const code = await main(argv, io)
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function collect(onText?: (text: string) => void) {
  const stream = new PassThrough()
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8')
    onText?.(text)
  })
  return { stream, text: () => text }
}

export type Started = {
  child: ChildProcessWithoutNullStreams
  /** What it has written so far. */
  stdout: () => string
  stderr: () => string
  done: Promise<Ran>
}

/** The command as it is published, in a process of its own. */
export async function buildCommand() {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-built-'))
  await promisify(execFile)(process.execPath, ['lib/command/build.mjs', folder])
  const file = join(folder, 'holdpoint.js')
  return {
    file,
    /** @param env all of it, but for PATH */
    start(argv: string[], env: Record<string, string>, cwd = folder): Started {
      const child = spawn(process.execPath, [file, ...argv], {
        cwd,
        env: { ...childEnv(), ...env } as never,
      })
      const said = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text))
      }
      const done = new Promise<Ran>((resolve, reject) => {
        child.on('error', reject)
        child.on('close', (code, signal) =>
          resolve({
            code: code ?? -1,
            stdout: said.stdout,
            stderr: said.stderr + (signal ? `killed by ${signal}` : ''),
          }),
        )
      })
      return { child, stdout: () => said.stdout, stderr: () => said.stderr, done }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export type BuiltCommand = Awaited<ReturnType<typeof buildCommand>>
