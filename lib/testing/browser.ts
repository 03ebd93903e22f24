import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

/** What a person can do where no browser is found. */
export const browserAdvice =
  'No browser was found for the end-to-end tests. Install Chromium or Chrome (chromium, chromium-browser or ' +
  'google-chrome on the PATH), or run npx playwright install chromium, or name one with CHROMIUM_PATH.'

const whole = ['chromium', 'chromium-browser', 'google-chrome']
/** Debian's package and its program: without windows and notifications, and quicker. */
const headlessShell = ['chromium-headless-shell']

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
  return existsSync(own) ? own : onPath(whole, env)
}

/** The same, or a quicker one that knows no notifications; what is wished for is no other. */
export function findQuickBrowser(
  env: NodeJS.ProcessEnv = process.env,
  own = chromium.executablePath(),
): string | undefined {
  const found = findBrowser(env, own)
  return env.CHROMIUM_PATH || found === own ? found : (onPath(headlessShell, env) ?? found)
}

/** How browsers of tests are started. */
export const launchOptions = (executablePath: string | undefined) => ({
  executablePath,
  args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})

/** Whether there is a browser; root on Debian gets Debian's, and the quicker one beside it. */
export function hasOrGetsBrowser(log: (line: string) => void): boolean {
  const found = findBrowser()
  const lacks = [
    ...(found === undefined ? ['chromium'] : []),
    ...(!process.env.CHROMIUM_PATH && findQuickBrowser() === onPath(whole, process.env) ? headlessShell : []),
  ]
  if (lacks.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    return found !== undefined
  log(`Installing ${lacks.join(' and ')} for the browser tests`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 })
  apt('update')
  for (const name of lacks) apt('install', '-y', '--no-install-recommends', name)
  return findBrowser() !== undefined
}

function onPath(names: string[], env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
