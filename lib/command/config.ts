import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import type { Common } from './command'
import { exit, Failure, wrongly } from './exit'
import { oneLine } from './printer'

/** One Holdpoint, and what opens it. */
export type Profile = {
  url: string
  /** A personal token, which reads, decides and deploys as its person. */
  token?: string
  /** An agent key, which asks. */
  key?: string
}

export type Config = { current: string; profiles: Record<string, Profile> }

type Env = Record<string, string | undefined>

const defaultUrl = 'http://localhost:3000'

/** Where addresses and credentials are kept: `$XDG_CONFIG_HOME/holdpoint/config.json`, else below `~/.config`. */
export function configPath(env: Env): string {
  const home = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config')
  return join(home, 'holdpoint', 'config.json')
}

/**
 * What is kept; nothing where there is no file.
 * @throws Failure where others could read the file, or it cannot be understood
 */
export function readConfig(env: Env): Config {
  const path = configPath(env)
  let text: string
  try {
    // Windows has other means than modes
    const others = process.platform === 'win32' ? 0 : statSync(path).mode & 0o077
    if (others !== 0) {
      throw new Failure(
        exit.denied,
        `Others can read ${path}, which holds credentials. Do: chmod 600 ${path}`,
      )
    }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { current: 'default', profiles: {} }
    throw error instanceof Failure
      ? error
      : new Failure(exit.usage, `${path} cannot be read: ${(error as Error).message}`)
  }
  const config = understood(text)
  if (!config)
    throw wrongly(`${path} is not what holdpoint login writes. Mend it, or remove it and log in again.`)
  return config
}

function understood(text: string): Config | undefined {
  try {
    const { current, profiles } = JSON.parse(text) as Partial<Config>
    if (typeof current !== 'string' || typeof profiles !== 'object' || profiles === null) return undefined
    const isText = (value: unknown) => value === undefined || typeof value === 'string'
    const isProfile = (one: Profile | null) =>
      typeof one === 'object' &&
      one !== null &&
      typeof one.url === 'string' &&
      isText(one.token) &&
      isText(one.key)
    return Object.values(profiles).every(isProfile) ? { current, profiles } : undefined
  } catch {
    return undefined
  }
}

/** Keeps it, readable by its owner alone; whoever reads meanwhile sees the old one or the new one. */
export function writeConfig(env: Env, config: Config): void {
  const path = configPath(env)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const next = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(next, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(next, 0o600)
    renameSync(next, path)
  } finally {
    rmSync(next, { force: true })
  }
}

/** An address as it is kept and compared: origin and path, without a slash at its end. @throws Failure */
export function cleanUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw wrongly(
      `${oneLine(text)} is no address of a Holdpoint. One looks like https://holdpoint.example.com`,
    )
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** Where a Holdpoint is, and the credential for it. */
export type Access = { url: string; credential: string }

const variables = { token: 'HOLDPOINT_TOKEN', key: 'HOLDPOINT_KEY' } as const

/**
 * The address and credential that hold: options before the environment before the profile. What a profile keeps is sent to
 * that profile's address and no other.
 * @param kind `token` for what a person does, `key` for what an agent asks
 * @throws Failure where there is none
 */
export function accessOf(kind: 'token' | 'key', common: Common, env: Env): Access {
  const config = readConfig(env)
  const named = common.profile ?? (env.HOLDPOINT_PROFILE || undefined)
  const profile = config.profiles[named ?? config.current]
  if (named !== undefined && !profile) {
    throw wrongly(
      `There is no profile ${oneLine(named)}. Make it with: holdpoint login --profile ${oneLine(named)} URL`,
    )
  }
  const given = common.url ?? ((named === undefined && env.HOLDPOINT_URL) || undefined)
  const url = cleanUrl(given ?? profile?.url ?? defaultUrl)
  const variable = named === undefined ? env[variables[kind]]?.trim() : undefined
  const isOfProfile = profile !== undefined && cleanUrl(profile.url) === url
  const credential = variable || (isOfProfile ? profile[kind] : undefined)
  if (credential) return { url, credential: checked(credential, variables[kind]) }
  const how =
    kind === 'token'
      ? `Log in with: holdpoint login ${url}`
      : `Set HOLDPOINT_KEY to an agent key, or keep one with: holdpoint login ${url} --token -`
  const other = profile?.[kind] && !isOfProfile ? ` The one of the profile is for ${profile.url}.` : ''
  throw new Failure(
    exit.denied,
    `No ${kind === 'token' ? 'personal token' : 'agent key'} for ${url}.${other} ${how}`,
  )
}

/** @throws Failure for what no header could carry; it is not repeated, as it may be a secret with a blank in it */
function checked(credential: string, name: string): string {
  if (/^[!-~]+$/.test(credential)) return credential
  throw wrongly(`What ${name} or the profile holds is no credential: it has blanks or signs that none has.`)
}
