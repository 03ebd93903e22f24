import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'
import { commands } from './commands'

let machine: ReturnType<typeof makeMachine>
beforeAll(() => {
  machine = makeMachine()
})
afterAll(() => machine.remove())

describe('a call that is none', () => {
  test.for<[string, string[], RegExp]>([
    [
      'an unknown command',
      ['aprove'],
      /^holdpoint: There is no command aprove\. Did you mean approve\? See: holdpoint --help\n$/,
    ],
    ['one that is like none', ['frobnicate'], /^holdpoint: There is no command frobnicate\. See:/],
    ['an option in its place', ['--verison'], /^holdpoint: A command comes first, not --verison\. See:/],
    [
      'an unknown option',
      ['list', '--agnet', 'a'],
      /^holdpoint: There is no option --agnet\. Did you mean --agent\? See: holdpoint list --help\n$/,
    ],
    ['one of another command', ['list', '--token', '-'], /^holdpoint: There is no option --token\. See:/],
    ['an unknown letter', ['list', '-z'], /^holdpoint: There is no option -z\. See:/],
    ['a name of every object', ['list', '--toString'], /^holdpoint: There is no option --toString\. See:/],
    ['an option without its value', ['list', '--agent'], /^holdpoint: --agent lacks its value\. See:/],
    [
      'an option for a value',
      ['list', '--agent', '--json'],
      /--agent lacks its value; one that begins with - is given as --agent=VALUE\. See:/,
    ],
    ['a value for a switch', ['list', '--help=no'], /^holdpoint: --help takes no value\. See:/],
    ['a value that is none', ['list', '--status', 'open'], /--status is one of pending, .*; not open\./],
    ['a count that is none', ['list', '-n', '0'], /0 is no count from 1 to 10000\./],
    ['no id', ['approve'], /Say which: holdpoint approve ID/],
    ['two ids and one digest', ['approve', 'a', 'b', '--digest', 'sha256:1'], /--digest is of one call/],
    [
      'a span that is none',
      ['list', '--patience', 'soon', '--url', 'http://x'],
      /No personal token for http:\/\/x/,
    ],
    ['an address that is none', ['list', '--url', 'ftp://x'], /ftp:\/\/x is no address of a Holdpoint/],
    ['an address with a password in it', ['list', '--url', 'https://a:b@x'], /is no address/],
    ['a profile that is none', ['list', '--profile', 'work'], /There is no profile work/],
    ['hostile text', ['\u001b[2J\u202eevil'], /There is no command ⟨U\+001B⟩\[2J⟨U\+202E⟩evil/],
  ])('%s', async ([, argv, words]) => {
    const { code, stdout, stderr } = await machine.run(argv)
    expect(stderr).toMatch(words)
    expect([code, stdout]).toEqual([/No personal token/.test(stderr) ? 3 : 2, ''])
  })

  test('nothing at all shows the page of the program, and is wrong', async () => {
    const { code, stdout } = await machine.run([])
    expect(code).toBe(2)
    for (const { name, summary } of commands) {
      expect(stdout).toContain(name)
      expect(stdout.replace(/\s+/g, ' ')).toContain(summary)
    }
  })

  test('with --json what was wrong is JSON, too, and escapes what misleads', async () => {
    const { code, stderr } = await machine.run(['list', '--json', '--status', 'x\u202e'])
    expect(code).toBe(2)
    expect(stderr).not.toContain('\u202e')
    expect(JSON.parse(stderr)).toMatchObject({ error: { name: 'Failure' } })
  })
})

describe('the help', () => {
  test.for(commands.map(({ name }) => name))('of %s is a whole page', async (name) => {
    const words = name.split(' ')
    const asked = await machine.run([...words, '--help'])
    expect(await machine.run(['help', ...words])).toEqual(asked)
    expect([asked.code, asked.stderr]).toEqual([0, ''])
    for (const title of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'EXIT STATUS', 'EXAMPLES']) {
      expect(asked.stdout).toMatch(new RegExp(`^${title}$`, 'm'))
    }
    const wide = asked.stdout
      .split('EXAMPLES')[0]!
      .split('\n')
      .filter((line) => line.length > 80)
    expect(wide).toEqual([])
    const { options } = await commands.find((one) => one.name === name)!.load()
    for (const option of Object.keys(options)) expect(asked.stdout).toContain(`--${option}`)
    const example = / {2}holdpoint .*\n/.exec(asked.stdout.split('EXAMPLES')[1] ?? '')
    expect(example, 'an example to paste').not.toBeNull()
  })
})

test('its version is the package’s', async () => {
  expect(await machine.run(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
})
