import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sharedDatabase } from '@/db/client'
import { sampleOwner } from '@/db/seed'
import type { ReadySettings } from '@/lib/env'
import { makeOperatorLink } from '@/lib/members/sign-in-link'
import { isFirstRun } from '@/lib/members/set-up'
import { askCommand } from '@/lib/try-it'
import { setupUrl } from '@/lib/sign-in/setup-code'
import { root } from './install.mjs'
import { sampleToken } from './sample'

/**
 * Says where Holdpoint is and what to do next, makes the sample project where it is wanted, and lets the
 * sample agents run along in a process of their own.
 * @returns ends the sample agents
 */
export async function welcome({ settings }: { url: string; settings: ReadySettings }): Promise<() => void> {
  const db = sharedDatabase(settings.databaseUrl, settings.databasePool)
  const token = await sampleToken(settings)
  if (token === undefined) {
    const first = await isFirstRun(db)
    say([
      '',
      `  Holdpoint is at ${settings.appUrl}`,
      first
        ? `  Make the first project and its owner: ${setupUrl(settings.appUrl, settings.authSecret)}`
        : '',
      '',
    ])
    return () => {}
  }
  const link = await makeOperatorLink(db, settings.appUrl, sampleOwner)
  say(sampleWords(settings, link, token))
  return startSampleAgents(settings, token)
}

function sampleWords({ appUrl }: ReadySettings, link: string, token: string): string[] {
  return [
    '',
    `  Holdpoint is at ${appUrl}`,
    '',
    '  1. Sign in (good for 15 minutes, once):',
    `     ${link}`,
    '',
    '  2. Approve a call in the queue: the sample agent that waits for it goes on.',
    '',
    '  3. Make a pending approval of your own:',
    ...askCommand(appUrl, token)
      .split('\n')
      .map((line) => `     ${line}`),
    '',
    `  The agent key of the sample project: ${token}`,
    `  A complete agent against it:         HOLDPOINT_KEY=${token} npm run example`,
    '  Another sign-in link:                npm run --silent admin -- link --email ' + sampleOwner,
    '',
  ]
}

function say(lines: string[]): void {
  console.log(lines.join('\n'))
}

/** The sample agents end with us; should they fail, Holdpoint goes on without them. */
function startSampleAgents(settings: ReadySettings, token: string): () => void {
  const cwd = join(settings.dataDir, 'sample-agents')
  mkdirSync(cwd, { recursive: true })
  const args = ['--import', 'tsx', join(root, 'examples/order-manager/demo.ts')]
  const env = {
    NODE_ENV: 'production' as const,
    PATH: process.env.PATH ?? '',
    HOLDPOINT_URL: `http://127.0.0.1:${settings.port}`,
    HOLDPOINT_KEY: token,
    HOLDPOINT_LEDGER: join(cwd, 'ledger.txt'),
  }
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', (text: string) => process.stdout.write(text.replace(/^(?=.)/gm, '  agent | ')))
  }
  child.on('error', (error) => process.stderr.write(`The sample agents did not start: ${error.message}\n`))
  const stop = () => void child.kill('SIGTERM')
  process.once('exit', stop)
  return stop
}
