import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'
import { browserAdvice, findBrowser } from './browser'

const root = fileURLToPath(new URL('../..', import.meta.url))
const executablePath = findBrowser()
if (executablePath === undefined) throw new Error(browserAdvice)

export default defineConfig({
  testDir: root,
  testMatch: ['**/app/**/*.e2e.ts', '**/examples/**/*.e2e.ts'],
  outputDir: `${root}test-results`,
  globalSetup: fileURLToPath(new URL('e2e-server.ts', import.meta.url)),
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  retries: Number(process.env.TEST_RETRIES ?? 0),
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
})
