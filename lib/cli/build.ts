import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { StartError } from '@/lib/start-error'
import { acquireLock } from '@/lib/embedded/processes/lock.mjs'
import { compiled } from './compile.mjs'
import { compressScripts } from './compress'
import { root, treeLocks } from './install.mjs'

const sourceFolders = ['app', 'components', 'db', 'lib', 'public']
const sourceFiles = [
  'instrumentation-client.ts',
  'instrumentation.ts',
  'next.config.mjs',
  'package-lock.json',
  'package.json',
  'proxy.ts',
  'tsconfig.json',
]
/** No page imports these, so a change in them needs no build. */
const notBuilt = /(\.test\.tsx?|\.e2e\.ts|\.md)$|^lib\/(cli|testing)\//

/**
 * Builds the pages, and the server's program, where they are missing or older than their sources. Several that start
 * at once in one tree build once.
 *
 * @param signal ends a build that nobody waits for any more
 * @throws StartError with the end of the build's output where it fails
 */
export async function ensureBuilt(log: (line: string) => void, signal?: AbortSignal): Promise<void> {
  await compiled('lib/cli/start.ts').catch((error: Error) => {
    throw new StartError(`the server could not be compiled: ${error.message}`, error)
  })
  const wanted = fingerprint()
  if (isBuilt(wanted)) return
  const onWait = () => log('Another start is building; waiting for it')
  const lock = await acquireLock(treeLocks, 'build', { timeoutMs: 600_000, onWait }).catch((error: Error) => {
    throw new StartError(
      `the pages have to be built, and that cannot begin in ${root}: ${error.message}. Start once as its owner`,
      error,
    )
  })
  try {
    if (isBuilt(wanted)) return
    log('Building the pages (about 20 seconds, only after a change)')
    await build(signal)
    await compressScripts(staticFolder())
    writeFileSync(stampFile(), JSON.stringify({ fingerprint: wanted }))
  } finally {
    lock.release()
  }
}

function distFolder(): string {
  return join(root, process.env.NEXT_DIST_DIR || '.next')
}

/** Where the build has what browsers load, below `/_next/static/`. */
export function staticFolder(): string {
  return join(distFolder(), 'static')
}

function stampFile(): string {
  return join(distFolder(), 'holdpoint-build.json')
}

function isBuilt(wanted: string): boolean {
  if (!existsSync(join(distFolder(), 'BUILD_ID')) || !existsSync(stampFile())) return false
  try {
    return (JSON.parse(readFileSync(stampFile(), 'utf8')) as { fingerprint?: string }).fingerprint === wanted
  } catch {
    return false
  }
}

/** By content, not by time: a clone, a copy into an image and a checkout all change the times. */
function fingerprint(): string {
  const hash = createHash('sha256')
  const files = [...sourceFolders.flatMap((folder) => filesBelow(join(root, folder))), ...sourceFiles]
  for (const file of files) {
    const path = join(root, file)
    if (notBuilt.test(file) || !existsSync(path)) continue
    hash.update(`${file}\0`).update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

async function build(signal: AbortSignal | undefined): Promise<void> {
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next')
  const env = { ...process.env, NODE_ENV: 'production' as const, NEXT_TELEMETRY_DISABLED: '1' }
  const options = { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'], signal }
  const child = spawn(process.execPath, [next, 'build'], options)
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const [code, killedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  if (code === 0) return
  const end = said.trimEnd().split('\n').slice(-40).join('\n')
  throw new StartError(`the pages could not be built (${killedBy ?? `exit ${code}`}):\n${end}`)
}
