import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeMachine } from '@/lib/testing/command'
import type { Common } from './command'
import { accessOf, configPath, readConfig, writeConfig, type Config } from './config'

let machine: ReturnType<typeof makeMachine>
let env: Record<string, string>
beforeEach(() => {
  machine = makeMachine()
  env = { HOME: machine.home }
})
afterEach(() => machine.remove())

const common: Common = { json: false, profile: undefined, url: undefined, patience: undefined }
const config: Config = {
  current: 'default',
  profiles: {
    default: { url: 'https://a.example', token: 'hpu_a', key: 'hpa_a' },
    other: { url: 'https://b.example/sub', token: 'hpu_b' },
  },
}

test('it is readable by its owner alone, whatever the umask, and so is its folder', () => {
  const umask = process.umask(0)
  try {
    writeConfig(env, config)
  } finally {
    process.umask(umask)
  }
  expect(configPath(env)).toBe(machine.config)
  expect(statSync(machine.config).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(machine.config)).mode & 0o777).toBe(0o700)
  expect(readConfig(env)).toEqual(config)
})

test('one that others can read is not used', () => {
  writeConfig(env, config)
  chmodSync(machine.config, 0o640)
  expect(() => readConfig(env)).toThrow(/Others can read .*config\.json.*chmod 600/)
})

test.for(['', 'null', '{', '{"current":1,"profiles":{}}', '{"current":"a","profiles":{"a":{"token":"x"}}}'])(
  'one that is none is refused: %s',
  (text) => {
    mkdirSync(dirname(machine.config), { recursive: true })
    writeFileSync(machine.config, text, { mode: 0o600 })
    expect(() => readConfig(env)).toThrow(/is not what holdpoint login writes/)
  },
)

describe('what holds', () => {
  beforeEach(() => writeConfig(env, config))
  const token = (options: Partial<Common>, more = {}) =>
    accessOf('token', { ...common, ...options }, { ...env, ...more })

  test('the profile of the last login', () => {
    expect(token({})).toEqual({ url: 'https://a.example', credential: 'hpu_a' })
    expect(accessOf('key', common, env)).toEqual({ url: 'https://a.example', credential: 'hpa_a' })
  })
  test('the environment before it', () => {
    const given = { HOLDPOINT_URL: 'https://c.example/', HOLDPOINT_TOKEN: ' hpu_c ' }
    expect(token({}, given)).toEqual({ url: 'https://c.example', credential: 'hpu_c' })
  })
  test('a profile that is named before the environment', () => {
    const given = { HOLDPOINT_URL: 'https://c.example', HOLDPOINT_TOKEN: 'hpu_c' }
    expect(token({ profile: 'other' }, given)).toEqual({ url: 'https://b.example/sub', credential: 'hpu_b' })
    expect(token({}, { ...given, HOLDPOINT_PROFILE: 'other' }).credential).toBe('hpu_b')
  })
  test('what is kept for one address goes to no other', () => {
    expect(() => token({}, { HOLDPOINT_URL: 'https://evil.example' })).toThrow(
      /No personal token for https:\/\/evil\.example\. The one of the profile is for https:\/\/a\.example\./,
    )
    expect(() => token({ profile: 'other', url: 'https://b.example' })).toThrow(/No personal token/)
  })
  test('an agent’s key is no person’s token', () => {
    expect(() => accessOf('key', { ...common, profile: 'other' }, env)).toThrow(/No agent key/)
  })
  test('what no header carries is refused, and not repeated', () => {
    const secret = 'hpu_1 secret'
    expect(() => token({}, { HOLDPOINT_TOKEN: secret, HOLDPOINT_URL: 'https://a.example' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') as string }) as Error,
    )
  })
})
