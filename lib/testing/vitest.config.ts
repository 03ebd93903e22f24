import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))

export default defineConfig({
  root,
  resolve: { alias: { '@': root.replace(/\/$/, '') } },
  test: {
    include: ['{app,components,db,examples,lib}/**/*.test.{ts,tsx}'],
    globalSetup: ['lib/testing/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Tests that kill the database meet what npm start is guarded against: the job worker's own connection
    // failing outside every promise of ours.
    onUnhandledError: (error) => !/node_modules[\\/](pg-pool|graphile-worker)[\\/]/.test(error.stack ?? ''),
  },
})
