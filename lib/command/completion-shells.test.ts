import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'
import { hasTerminal, openTerminal } from '@/lib/testing/terminal'

let folder: string
const shells = ['bash', 'zsh', 'fish'] as const
const script = (shell: string) => join(folder, `completion.${shell}`)
const isHere = (shell: string) => spawnSync(shell, ['--version']).status === 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-shells-'))
  const machine = makeMachine()
  for (const shell of shells) {
    writeFileSync(script(shell), (await machine.run(['completion', shell])).stdout)
  }
  machine.remove()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A line as a shell at a terminal makes it of what is typed, when Tab is pressed behind it. */
async function completed(shell: 'bash' | 'zsh', typed: string): Promise<string> {
  const start = shell === 'bash' ? ['bash', '--norc', '-i'] : ['zsh', '-f', '-i']
  const terminal = openTerminal(start, { HOME: folder, PS1: '% ', TERM: 'dumb' })
  const says = async (text: string) => {
    await expect.poll(terminal.written, { timeout: 20_000 }).toContain(text)
  }
  try {
    const compinit = shell === 'zsh' ? 'autoload -Uz compinit && compinit -D -u; ' : ''
    // what is run in the end writes its words down
    terminal.type(`${compinit}source ${script(shell)}; holdpoint() { print_words "$@"; }\r`)
    terminal.type(`print_words() { printf 'ran'; printf '<%s>' "$@"; echo; }; echo rea''dy\r`)
    await says('ready')
    terminal.type(`${typed}\t\r`)
    await says('ran<')
    return /ran(<.*>)/.exec(terminal.written())?.[1] ?? ''
  } finally {
    terminal.close()
  }
}

describe.each(['bash', 'zsh'] as const)('%s at a terminal completes', (shell) => {
  test.for<[string, string]>([
    ['holdpoint app', '<approve>'],
    ['holdpoint audit ver', '<audit><verify>'],
    ['holdpoint deploy --dry', '<deploy><--dry-run>'],
    ['holdpoint mcp pro', '<mcp><proxy>'],
  ])('%s', async ([typed, words], context) => {
    if (!isHere(shell)) return context.skip(`${shell} is not installed here`)
    if (!hasTerminal) return context.skip('there is no script of util-linux here to open a terminal')
    expect(await completed(shell, typed)).toBe(words)
  })
})

describe('fish completes', () => {
  const offered = (line: string) =>
    execFileSync('fish', ['--no-config', '-c', `source ${script('fish')}; complete -C '${line}'`], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder } as never,
    })
      .trim()
      .split('\n')
      .map((row) => row.split('\t')[0])

  test.for<[string, string[]]>([
    ['holdpoint app', ['approve']],
    ['holdpoint audit ver', ['verify']],
    ['holdpoint deploy --dry', ['--dry-run']],
    ['holdpoint mcp pro', ['proxy']],
    ['holdpoint approve --upstr', []],
  ])('%s', ([line, words], context) => {
    if (!isHere('fish')) return context.skip('fish is not installed here')
    expect(offered(line).filter(Boolean)).toEqual(words)
  })
})
