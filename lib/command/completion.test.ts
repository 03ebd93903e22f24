import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'
import { commands } from './commands'

let machine: ReturnType<typeof makeMachine>
let script: string
beforeAll(async () => {
  machine = makeMachine()
  script = (await machine.run(['completion', 'bash'])).stdout
})
afterAll(() => machine.remove())

/** What bash would offer for the last of these words. */
function offered(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const call = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _holdpoint; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', `${script}\n${call}`], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
}

describe('bash completes', () => {
  test('commands', () => {
    const first = new Set(commands.map(({ name }) => name.split(' ')[0]!))
    expect(offered('holdpoint', '')).toEqual(expect.arrayContaining([...first, 'help']))
    expect(offered('holdpoint', 'app')).toEqual(['approve'])
  })
  test('the second word of a command', () => {
    expect(offered('holdpoint', 'audit', '')).toEqual(expect.arrayContaining(['tail', 'verify']))
    expect(offered('holdpoint', 'audit', 've')).toEqual(['verify'])
  })
  test('options, of the command and of all', () => {
    expect(offered('holdpoint', 'audit', 'verify', '--h')).toEqual(['--head', '--help'])
    expect(offered('holdpoint', 'deploy', '--d')).toEqual(['--dry-run', '--diff'])
    expect(offered('holdpoint', 'deploy', 'x', '--js')).toEqual(['--json'])
  })
  test('files, which is bash’s own, where no option begins', () => {
    expect(offered('holdpoint', 'deploy', 'ag')).toEqual([''])
  })
})

test('zsh and fish get theirs, and others are told of', async () => {
  expect((await machine.run(['completion', 'zsh'])).stdout).toBe(
    `autoload -Uz bashcompinit && bashcompinit\n${script}`,
  )
  const fish = (await machine.run(['completion', 'fish'])).stdout
  for (const { name } of commands) expect(fish).toContain(`'${name.split(' ').at(-1)}'`)
  expect((await machine.run(['completion', 'tcsh'])).code).toBe(2)
})
