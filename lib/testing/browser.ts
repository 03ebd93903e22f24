import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

/** What a person can do where no browser is found. */
export const browserAdvice =
  'No browser was found for the end-to-end tests. Install Chromium or Chrome (chromium, chromium-browser or ' +
  'google-chrome on the PATH), or run npx playwright install chromium, or name one with CHROMIUM_PATH.'

/** Debian's package and its program: without windows, it does the same in two thirds of the time. */
const headlessShell = 'chromium-headless-shell'
const whole = ['chromium', 'chromium-browser', 'google-chrome']

/**
 * The browser to test with: `CHROMIUM_PATH`, else Playwright's own where it is installed, else one on the PATH.
 *
 * @throws an Error where `CHROMIUM_PATH` names nothing that runs: a wish is not passed over in silence
 */
export function findBrowser(
  env: NodeJS.ProcessEnv = process.env,
  own = chromium.executablePath(),
): string | undefined {
  const wanted = env.CHROMIUM_PATH
  if (wanted !== undefined && wanted !== '') {
    if (isProgram(wanted)) return wanted
    throw new Error(`CHROMIUM_PATH is ${wanted}, where no program is.`)
  }
  if (existsSync(own)) return own
  const folders = (env.PATH ?? '').split(delimiter)
  return [headlessShell, ...whole]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isProgram)
}

/** The same; root on Debian gets Debian's headless Chromium, or the whole where that cannot be had and there is none. */
export function findOrInstallBrowser(log: (line: string) => void): string | undefined {
  const found = findBrowser()
  const isWanted = found !== undefined && (process.env.CHROMIUM_PATH || !whole.includes(basename(found)))
  if (isWanted || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return found
  log(`Installing ${headlessShell} for the browser tests`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (args: string[]) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 })
  const install = (name: string) => run(['install', '-y', '--no-install-recommends', name]).status === 0
  run(['update'])
  if (!install(headlessShell) && found === undefined) install('chromium')
  return findBrowser()
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
