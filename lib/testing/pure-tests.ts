import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf, oursOf } from './architecture'

/** What gives a test a database or a server of its own. */
const worlds = new Set([
  'lib/testing/database',
  'lib/testing/own-postgres',
  'lib/testing/server-process',
  'lib/embedded/embedded',
])

/**
 * Those of the test files that need neither a database nor a server nor an environment of their own: nothing that
 * they import, at any depth, makes one, nor do they speak to one or set a variable themselves. They can share a process.
 * @param files paths from the root
 */
export function pureTests(root: string, files: string[]): string[] {
  const known = new Map<string, boolean>()
  const reachesWorld = (path: string): boolean => {
    const bare = path.replace(/\.(tsx?|mjs)$/, '')
    const found = known.get(bare)
    if (found !== undefined) return found
    // what imports itself by a detour is judged by the rest
    known.set(bare, worlds.has(bare))
    if (worlds.has(bare)) return true
    const file = ['.ts', '.tsx', '.mjs'].map((end) => join(root, bare + end)).find((name) => existsSync(name))
    const imports = file === undefined ? [] : importsOf(readFileSync(file, 'utf8'))
    const reaches = imports.some(({ from, typeOnly }) => {
      const ours = typeOnly ? undefined : oursOf(path, from)
      return ours !== undefined && reachesWorld(ours)
    })
    known.set(bare, reaches)
    return reaches
  }
  const needsOwn = (file: string) => {
    const text = readFileSync(join(root, file), 'utf8')
    return (
      /\bvi\.(do)?[mM]ock\(|\bprocess\.env\.\w+ = |\bObject\.assign\(process\.env/.test(text) ||
      importsOf(text).some(({ from }) => from === 'postgres')
    )
  }
  return files.filter((file) => !reachesWorld(file) && !needsOwn(file))
}
