import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'
import { browserAdvice, findQuickBrowser, launchOptions } from './browser'

const root = fileURLToPath(new URL('../..', import.meta.url))
const executablePath = findQuickBrowser()
if (executablePath === undefined) throw new Error(browserAdvice)

const retries = Number(process.env.TEST_RETRIES ?? 0)

export default defineConfig({
  testDir: root,
  testMatch: ['**/app/**/*.e2e.ts', '**/examples/**/*.e2e.ts'],
  outputDir: `${root}test-results`,
  globalSetup: fileURLToPath(new URL('e2e-server.ts', import.meta.url)),
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  retries,
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    // what no second run would show is recorded from the beginning, for a seventh of the processor time
    trace: retries > 0 ? 'on-first-retry' : 'retain-on-failure',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: launchOptions(executablePath),
  },
})
