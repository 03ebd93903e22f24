import { once } from 'node:events'
import { closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync } from 'node:fs'
import {
  chmodSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { StartError } from '@/lib/start-error'
import type { Binaries } from './binaries'
import type { Runner } from './runner'

const temporary = 'postgres.new-'
/** Bytes. A segment of the write-ahead log alone has 16 MiB. */
const fullBelow = 16 * 1024 * 1024

/**
 * Makes the cluster where there is none: initdb into a folder aside, all of it on disk, then one rename, so that
 * whatever dies meanwhile leaves either no cluster or a whole one. Only folders aside are ever deleted.
 *
 * @param password of the superuser `postgres`
 * @throws StartError where the cluster cannot be made, or something else has its name
 */
export async function ensureCluster(
  dataDir: string,
  cluster: string,
  tools: { binaries: Binaries; runner: Runner; password: () => string; log: (line: string) => void },
): Promise<void> {
  if (isThere(cluster)) return checkCluster(cluster, tools.runner)
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(temporary)) rmSync(join(dataDir, name), { recursive: true, force: true })
  }
  tools.log('Making the database')
  const aside = mkdtempSync(join(dataDir, temporary))
  try {
    await initialize(aside, tools)
    renameSync(join(aside, 'data'), cluster)
    syncFolder(dataDir)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** An empty folder counts as no cluster: a rename replaces it. */
function isThere(cluster: string): boolean {
  return existsSync(cluster) && readdirSync(cluster).length > 0
}

function checkCluster(cluster: string, runner: Runner): void {
  if (!existsSync(join(cluster, 'PG_VERSION'))) {
    throw new StartError(
      `${cluster} is no PostgreSQL database. It was left as it is; choose another DATA_DIR.`,
    )
  }
  const made = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
  const major = runner.version.split('.')[0]
  if (made !== major) {
    throw new StartError(
      `${cluster} was made by PostgreSQL ${made}, and this release brings PostgreSQL ${major}. It was left as it is. ` +
        `Start the release that made it, export its data with pg_dump, and import them with DATA_DIR elsewhere.`,
    )
  }
  runner.own(cluster)
  // PostgreSQL refuses a folder that others can read, as copying and restoring may leave it
  if ((statSync(cluster).mode & 0o077) !== 0) chmodSync(cluster, 0o700)
}

async function initialize(
  aside: string,
  { binaries, runner, password }: { binaries: Binaries; runner: Runner; password: () => string },
): Promise<void> {
  const data = join(aside, 'data')
  const passwordFile = join(aside, 'password')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(passwordFile, password(), { mode: 0o600 })
  runner.own(aside)
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const login = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const child = runner.run(binaries.initdb, [
    '-D',
    data,
    ...locale,
    ...login,
    '--no-instructions',
    '--no-clean',
  ])
  let said = ''
  child.stdout?.on('data', (chunk) => (said += chunk))
  child.stderr?.on('data', (chunk) => (said += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw explainFailure(said, `The database could not be made in ${dirname(aside)}`, aside)
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** What a failed program of PostgreSQL said, as a plain sentence; it does not always name a full disk as such. */
export function explainFailure(said: string, happened: string, folder: string): StartError {
  const { bavail, bsize } = statfsSync(folder)
  if (/No space left on device|Disk quota exceeded/i.test(said) || bavail * bsize < fullBelow) {
    return new StartError(`${happened}: the disk is full. Free some space and start again; nothing was lost.`)
  }
  if (/Read-only file system|Permission denied/i.test(said)) {
    return new StartError(
      `${happened}: PostgreSQL may not write there. Make the folder writable, or choose another.`,
    )
  }
  const lines = said.trim().split('\n')
  const cause = lines.find((line) => /(FATAL|PANIC|error):/i.test(line)) ?? lines.at(-1) ?? ''
  return new StartError(
    `${happened}. PostgreSQL says: ${cause.replace(/^.*?(FATAL|PANIC|error):\s*/i, '') || 'nothing'}.`,
  )
}
