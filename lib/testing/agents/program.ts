import { spawn } from 'node:child_process'
import { once } from 'node:events'

export type Program = {
  /** Resolves when its output contains this; with what it said where it ends before. */
  says(words: string): Promise<void>
  kill(): Promise<void>
  /** Its end: exit code, and all that it said. */
  ended: Promise<{ code: number | null; said: string }>
}

/** A program as a process of its own. */
export function startProgram(program: string, file: string, env: Record<string, string>): Program {
  const child = spawn(program, [file], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const waiting = new Set<() => void>()
  const hear = (chunk: Buffer) => {
    said += String(chunk)
    for (const look of waiting) look()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }))
  return {
    ended,
    says: (words) =>
      new Promise((resolve, reject) => {
        const look = () => said.includes(words) && resolve()
        waiting.add(look)
        look()
        void ended.then(({ code }) =>
          reject(new Error(`It ended with ${code} and never said ${words}:\n${said}`)),
        )
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
