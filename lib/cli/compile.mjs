// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { acquireLock } from '../embedded/processes/lock.mjs'
import { root, treeLocks } from './install.mjs'

/**
 * A program of TypeScript as one file of JavaScript, made where it is missing or older than what it was made of.
 * Sources that are translated while they are loaded start more slowly, and each function in them is given its name
 * whenever it is made, which a server does for every call. The file lies two folders below the tree, as the sources
 * do that find the tree from where they lie.
 *
 * @param {string} entry such as `lib/cli/start.ts`
 * @param {{ onWork?: () => void, folder?: string }} [options] `onWork` is called before it is made
 * @returns {Promise<string>} its address
 * @throws an Error where it cannot be made
 */
export async function compiled(entry, { onWork, folder = 'node_modules/.holdpoint' } = {}) {
  const file = join(root, folder, entry.replaceAll('/', '-').replace(/\.ts$/, '.mjs'))
  const address = `file://${encodeURI(file)}`
  if (isFresh(file)) return address
  const lock = await acquireLock(treeLocks, 'compile', { timeoutMs: 60_000 })
  try {
    if (isFresh(file)) return address
    onWork?.()
    await compile(entry, file)
    return address
  } finally {
    lock.release()
  }
}

/** @param {string} file */
function isFresh(file) {
  if (!existsSync(file) || !existsSync(`${file}.json`)) return false
  return Object.entries(JSON.parse(readFileSync(`${file}.json`, 'utf8'))).every(
    ([source, hash]) => hashOf(source) === hash,
  )
}

/** @param {string} source a path in the tree */
function hashOf(source) {
  const path = join(root, source)
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('base64') : ''
}

/** @param {string} entry @param {string} file */
async function compile(entry, file) {
  const { build } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'silent',
    metafile: true,
    write: false,
  })
  const sources = [...Object.keys(metafile.inputs), 'package-lock.json', 'tsconfig.json']
  mkdirSync(dirname(file), { recursive: true })
  // whoever starts meanwhile reads either the old one or the new one
  for (const { path, contents } of outputFiles) put(path, contents)
  put(`${file}.json`, JSON.stringify(Object.fromEntries(sources.map((source) => [source, hashOf(source)]))))
}

/** @param {string} path @param {string | Uint8Array} contents */
function put(path, contents) {
  writeFileSync(`${path}.new`, contents)
  renameSync(`${path}.new`, path)
}
