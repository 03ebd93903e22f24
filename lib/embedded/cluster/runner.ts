import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { chmodSync, lchownSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '@/lib/start-error'
import type { Binaries } from './binaries'

/**
 * As whom PostgreSQL runs. It refuses root, so root starts it in a user namespace where it sees an ordinary user
 * while the files stay root's, or else as another user, to whom the cluster then belongs.
 */
export type Runner = {
  /** The version of the programs, such as `18.4`. */
  version: string
  run(program: string, args: string[], options?: SpawnOptions): ChildProcess
  /** Gives a folder below `dataDir` to the user that PostgreSQL runs as, with all that is in it. */
  own(folder: string): void
}

type Candidate = { prefix: string[]; user: { uid: number; gid: number } | undefined; owner: number }

/**
 * The first way of running PostgreSQL that works here.
 *
 * @param target the cluster where there is one, else `dataDir`: root runs PostgreSQL as its owner
 * @throws StartError where none does, with what each said
 */
export async function chooseRunner(binaries: Binaries, dataDir: string, target: string): Promise<Runner> {
  const refusals: string[] = []
  for (const candidate of candidates(target)) {
    if (candidate.user !== undefined && candidate.owner !== statSync(target).uid) openWay(dataDir)
    const answer = await probe(candidate, binaries, dataDir)
    if (answer.version !== undefined) return runnerOf(candidate, answer.version)
    refusals.push(answer.refusal)
  }
  throw new StartError(
    `The embedded PostgreSQL does not run here: ${refusals.join('; ')}. ` +
      (process.getuid?.() === 0
        ? 'It refuses root. Start as an ordinary user, allow user namespaces, or set DATABASE_URL.'
        : 'Install PostgreSQL 15 or newer and set DATABASE_URL.'),
  )
}

function runnerOf(candidate: Candidate, version: string): Runner {
  return {
    version,
    run(program, args, options = {}) {
      const [file = program, ...rest] = [...candidate.prefix, program, ...args]
      // PG* variables of the shell would steer the server; a working folder of root's may be closed to it
      return spawn(file, rest, { cwd: '/', env: plainEnvironment(), ...candidate.user, ...options })
    },
    own(folder) {
      const { uid } = statSync(folder)
      if (candidate.user === undefined || uid === candidate.owner) return
      giveTree(folder, candidate.user.uid, candidate.user.gid)
    },
  }
}

function candidates(target: string): Candidate[] {
  const self = process.getuid?.() ?? 0
  if (self !== 0) return [{ prefix: [], user: undefined, owner: self }]
  const { uid, gid } = statSync(target)
  const accounts = readAccounts()
  const inside = accounts[0]?.uid ?? 1000
  const inNamespace = { prefix: ['unshare', '-U', `--map-user=${inside}`, '--'], user: undefined, owner: 0 }
  const asOwner = { prefix: [], user: { uid, gid }, owner: uid }
  const others = accounts.map((user) => ({ prefix: [], user, owner: user.uid }))
  return uid === 0 ? [inNamespace, ...others] : [asOwner]
}

/**
 * Accounts that may stand in for root, the likeliest first. initdb wants its user to have a name; 65534 is what
 * a user namespace shows for users that it does not know.
 */
function readAccounts(): { uid: number; gid: number }[] {
  const wanted = ['postgres', 'nobody', 'daemon']
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const found = lines.map((line) => {
    const [name = '', , uid = '', gid = ''] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  })
  return wanted
    .flatMap((name) => found.filter((account) => account.name === name && account.uid > 0))
    .sort((a, b) => Number(a.uid === 65534) - Number(b.uid === 65534))
    .map(({ uid, gid }) => ({ uid, gid }))
}

async function probe(candidate: Candidate, { postgres }: Binaries, dataDir: string) {
  const check = 'test -x "$1" || { echo "$1 is closed to it" >&2; exit 1; }; exec "$0" --version'
  const [file = 'sh', ...args] = [...candidate.prefix, '/bin/sh', '-c', check, postgres, dataDir]
  try {
    const options = { cwd: '/', env: plainEnvironment(), timeout: 10_000, ...candidate.user }
    const { stdout } = await promisify(execFile)(file, args, options)
    return { version: /\d+(\.\d+)?/.exec(String(stdout))?.[0] ?? '0' }
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    const who = candidate.user
      ? `as user ${candidate.user.uid}`
      : candidate.prefix[0]
        ? 'in a user namespace'
        : 'directly'
    return { refusal: `${who}: ${(stderr || message).trim().split('\n').at(-1)}` }
  }
}

/** Lets another user pass through `DATA_DIR` (not list it): the secrets beside the cluster have their own lock. */
function openWay(dataDir: string): void {
  chmodSync(dataDir, (statSync(dataDir).mode & 0o777) | 0o011)
}

function giveTree(path: string, uid: number, gid: number): void {
  lchownSync(path, uid, gid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = join(path, entry.name)
    if (entry.isDirectory()) giveTree(below, uid, gid)
    else lchownSync(below, uid, gid)
  }
}

function plainEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', NODE_ENV: process.env.NODE_ENV }
}
