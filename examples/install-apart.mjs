// @ts-check
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const isWindows = process.platform === 'win32'

/**
 * Installs the packages of `lib/testing/NAME/package-lock.json` in `.data/NAME`, far from the server's own, where they
 * are missing or others. Their scripts do not run.
 * @param {string} name
 * @param {string} what they are, for whoever waits
 * @returns {string} the folder whose `node_modules` holds them
 * @throws Error with what npm said where that fails
 */
export function installApart(name, what) {
  const place = join(root, '.data', name)
  mkdirSync(place, { recursive: true })
  const lists = join(root, 'lib', 'testing', name)
  const installed = join(place, 'node_modules', '.installed.json')
  const lock = readFileSync(join(lists, 'package-lock.json'))
  if (existsSync(installed) && readFileSync(installed).equals(lock)) return place
  console.error(`Installing ${what} (once)`)
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(lists, file), join(place, file))
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  runIn(place, isWindows ? 'npm.cmd' : 'npm', args, isWindows)
  cpSync(join(lists, 'package-lock.json'), installed)
  return place
}

/**
 * Runs a program to its end.
 * @param {string} cwd
 * @param {string} program
 * @param {string[]} args
 * @throws Error with what it said where it fails
 */
export function runIn(cwd, program, args, shell = false) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, shell, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${error?.message ?? stdout + stderr}`)
}
