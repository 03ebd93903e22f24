import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

/** What a person can do where no browser is found. */
export const browserAdvice =
  'No browser was found for the end-to-end tests. Install Chromium or Chrome (chromium, chromium-browser or ' +
  'google-chrome on the PATH), or run npx playwright install chromium, or name one with CHROMIUM_PATH.'

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
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

/** The same; root on Debian gets Debian's Chromium where there is none. */
export function findOrInstallBrowser(log: (line: string) => void): string | undefined {
  const found = findBrowser()
  if (found !== undefined || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return found
  log('No browser was found; installing chromium')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (args: string[]) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  run(['update'])
  run(['install', '-y', '--no-install-recommends', 'chromium'])
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
