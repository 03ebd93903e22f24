import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childEnv } from './child-env'

/** Whether `script` of util-linux is here, which opens a pseudo terminal. */
export const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

export type Terminal = {
  /** Types keys, in one go. */
  type(keys: string): void
  resize(columns: number, rows: number): void
  /** The lines of the screen as it was drawn last, without blanks at their ends. */
  screen(): string[]
  /** All that was written to it. */
  written(): string
  /** What its line discipline is set to, as `stty -a` says it. */
  settings(): string
  kill(signal: NodeJS.Signals): void
  ended: Promise<number>
  close(): void
}

/** What the shell may write behind a removal that has begun. */
const filesWritten = 3

/** Node would try the empty folder again, and not what has come into it. */
function removeWhole(folder: string, tries: number): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    if (tries === 0) throw error
    removeWhole(folder, tries - 1)
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A program on a pseudo terminal of its own. */
export function openTerminal(
  argv: string[],
  env: Record<string, string>,
  { columns = 100, rows = 30 } = {},
): Terminal {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-terminal-'))
  const shell = join(folder, 'start.sh')
  // the shell stays, so that what the program leaves of the terminal can be seen
  writeFileSync(
    shell,
    `stty cols ${columns} rows ${rows}\ntty > ${quoted(join(folder, 'tty'))}\n${argv.map(quoted).join(' ')} & echo $! > ${quoted(join(folder, 'pid'))}; fg >/dev/null\ncode=$?\nstty -a > ${quoted(join(folder, 'stty'))}\nexit $code\n`,
  )
  const child = spawn('script', ['-qefc', `bash -m ${quoted(shell)}`, '/dev/null'], {
    env: { ...childEnv(), TERM: 'xterm-256color', ...env } as never,
  })
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk: string) => (text += chunk))
  const read = (name: string) => {
    const file = join(folder, name)
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  }
  return {
    type: (keys) => child.stdin.write(keys),
    resize: (wide, high) =>
      execFileSync('stty', ['-F', read('tty'), 'cols', String(wide), 'rows', String(high)]),
    screen: () => lastFrame(text),
    written: () => text,
    settings: () => read('stty'),
    kill: (signal) => process.kill(Number(read('pid')), signal),
    ended: new Promise((done) => child.on('close', (code) => done(code ?? -1))),
    close: () => {
      child.kill('SIGKILL')
      removeWhole(folder, filesWritten)
    },
  }
}

/** The last whole frame, of which each line is placed by itself. */
function lastFrame(text: string): string[] {
  const frames = text.split('\u001b[?2026h').slice(1)
  const whole = frames.findLast((frame) => frame.includes('\u001b[?2026l'))?.split('\u001b[?2026l')[0] ?? ''
  return whole
    .split(/\u001b\[\d+;1H/)
    .slice(1)
    .map((line) => line.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '').trimEnd())
}
