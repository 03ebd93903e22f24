import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf, oursOf, ringOf } from './architecture'

/** What gives a test a server of its own. */
const servers = new Set(['lib/testing/own-postgres', 'lib/testing/server-process', 'lib/embedded/embedded'])
const database = 'lib/testing/database'

/**
 * Those of the test files that need neither a database nor a server nor an environment of their own: nothing that
 * they import, at any depth, makes one, nor do they speak to one or set a variable themselves. They can share a process.
 * @param files paths from the root
 */
export function pureTests(root: string, files: string[]): string[] {
  const reachesWorld = reaching(root, (bare) => bare === database || servers.has(bare))
  const needsOwn = (file: string) => {
    const text = readFileSync(join(root, file), 'utf8')
    return (
      /\bvi\.(do)?[mM]ock\(|\bprocess\.env\.\w+ = |\bObject\.assign\(process\.env/.test(text) ||
      importsOf(text).some(({ from }) => from === 'postgres')
    )
  }
  return files.filter((file) => !reachesWorld(file) && !needsOwn(file))
}

/**
 * What would be seen by the next file in the process, or sees what the one before has left. What is written to the log
 * may be kept back: `vitest.config.ts` ends that with each test.
 */
const processWide =
  /\bprocess\.(?!stderr, 'write'\))\w|\bnode:(process|child_process)\b|\bglobalThis\b|\bconsole\.|\bvi\.(?!waitFor|waitUntil|spyOn\(process\.stderr, 'write'\))/
/** Connections that are killed fail whenever they notice. */
const kills = /\bpg_terminate_backend\b/
/** A server in the test's process, with settings of its own by which it remembers more than ids, or that it reads once. */
const ownSettings = /\bstartRest\((?!(\{( (MAX_\w+|OUTBOUND_ALLOW): '[^']*',?)+ \})?\))/
/** These leave nothing behind but what is kept by ids: the server, what listens to a connection, and a version. */
const innocent = ['lib/testing/rest', 'lib/cli/bench/tap', 'package.json']
/** What these remember, they keep by database, or by ids that are never made twice. */
const rings = new Set(['pure', 'verbs', 'client'])

/**
 * Those of the others that need no more than a database of their own and the API on it with the usual settings: they
 * and the test code that they import, at any depth, touch nothing of the process, and the product's code that they
 * import is of the verbs or the client. They can share a process as well.
 * @param files paths from the root
 */
export function sharedTests(root: string, files: string[]): string[] {
  const pure = new Set(pureTests(root, files))
  const needsOwn = reaching(
    root,
    (bare, text) => {
      if (servers.has(bare)) return true
      const ring = ringOf(`${bare}.ts`)
      if (ring !== 'exempt') return !rings.has(ring)
      return [processWide, kills, ownSettings].some((pattern) => pattern.test(text))
    },
    innocent,
  )
  return files.filter((file) => !pure.has(file) && !needsOwn(file))
}

/**
 * Tells of a path from the root whether the file, or one that it imports at any depth, is such a one.
 * @param innocents are none, whatever they import
 */
function reaching(root: string, isSuch: (bare: string, text: string) => boolean, innocents: string[] = []) {
  const known = new Map<string, boolean>(innocents.map((bare) => [bare, false]))
  const reaches = (path: string): boolean => {
    const bare = path.replace(/\.(tsx?|mjs)$/, '')
    const found = known.get(bare)
    if (found !== undefined) return found
    const file = ['.ts', '.tsx', '.mjs'].map((end) => join(root, bare + end)).find((name) => existsSync(name))
    const text = file === undefined ? '' : readFileSync(file, 'utf8')
    const is = isSuch(bare, text)
    // what imports itself by a detour is judged by the rest
    known.set(bare, is)
    if (is) return true
    const all = importsOf(text).some(({ from, typeOnly }) => {
      const ours = typeOnly ? undefined : oursOf(path, from)
      return ours !== undefined && reaches(ours)
    })
    known.set(bare, all)
    return all
  }
  return reaches
}
