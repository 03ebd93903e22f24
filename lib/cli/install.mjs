// @ts-check
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { acquireLock } from '../embedded/processes/lock.mjs'

/** The folder of the tree, wherever the program was called from. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Where starts of this tree wait for one another; beside the default DATA_DIR, ignored by git. */
export const treeLocks = join(root, '.data', 'locks')

/**
 * Ends the process with a plain sentence where Node is too old for what follows.
 * @param {string} version
 */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Holdpoint needs Node 20.19 or newer; this is ${version}. Get it from https://nodejs.org.`)
  process.exit(1)
}

/**
 * Installs what package-lock.json names, where node_modules does not hold it yet. Several that start at once
 * install once.
 * @param {{ dev: boolean }} wanted whether the tools of tests and development are needed too
 */
export async function ensureInstalled({ dev }) {
  if (isInstalled(dev)) return
  const lock = await acquireLock(treeLocks, 'install', { timeoutMs: 600_000, onWait: sayWaiting }).catch(
    (error) => {
      console.error(`The packages have to be installed, and that cannot begin in ${root}: ${error.message}.`)
      process.exit(1)
    },
  )
  try {
    if (isInstalled(dev)) return
    console.log('Installing packages (about half a minute)')
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(dev ? ['--include=dev'] : [])]
    const { status, error } = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    })
    if (error !== undefined || status !== 0) {
      const why = error?.message ?? `npm ci ended with ${status}`
      console.error(`The packages could not be installed (${why}). Mend what npm says above and start again.`)
      process.exit(1)
    }
    writeFileSync(stampFile, stamp(dev))
  } finally {
    lock.release()
  }
}

const stampFile = join(root, 'node_modules', '.holdpoint-install.json')

function sayWaiting() {
  console.log('Another start is installing packages; waiting for it')
}

/** @param {boolean} dev */
function stamp(dev) {
  const lockFile = readFileSync(join(root, 'package-lock.json'))
  return JSON.stringify({
    lock: createHash('sha256').update(lockFile).digest('hex'),
    dev,
    arch: process.arch,
  })
}

/** @param {boolean} dev */
function isInstalled(dev) {
  const found = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  if (found === stamp(true) || (found === stamp(false) && !dev)) return true
  if (!holdsLockFile(dev)) return false
  try {
    writeFileSync(stampFile, stamp(dev))
  } catch {
    // a tree that this user may not write is looked through at each start
  }
  return true
}

/**
 * Whether npm, called by a person or a pipeline, has already put there what the lock file names. npm writes its
 * own list into node_modules when it is done.
 * @param {boolean} dev
 */
function holdsLockFile(dev) {
  const list = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(list)) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const there = JSON.parse(readFileSync(list, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = there[path]
    if (found === undefined)
      return entry.optional || entry.devOptional || entry.extraneous || (entry.dev && !dev)
    return (
      found.version === entry.version && found.integrity === entry.integrity && existsSync(join(root, path))
    )
  })
}
