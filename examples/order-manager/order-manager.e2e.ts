import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { sql } from 'drizzle-orm'
import { expect, test, type Holdpoint } from '@/lib/testing/e2e'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const run = 'order-1'
const refund = 'order_tools.process_refund'
const cancel = 'order_tools.cancel_order'
const all = [
  'lookup_order ORD-1234',
  'process_refund ORD-1234',
  'process_refund ORD-1287',
  'cancel_order ORD-1199',
]

const started: ChildProcess[] = []
let folder: string
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-manager-e2e-'))
})
test.afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

type Life = { said(): string; kill(): void; ended: Promise<number | null> }

/** One life of the agent's process, always of the same run and with the same books. */
function live({ url, agentKey }: Holdpoint, policy?: string): Life {
  const args = ['--import', 'tsx', file('main.ts'), '--run', run, '--ledger', join(folder, 'ledger.txt')]
  if (policy) args.push('--policy', file(policy))
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HOLDPOINT_URL: url, HOLDPOINT_KEY: agentKey },
  })
  started.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  const ended = new Promise<number | null>((done) => child.on('close', done))
  return { said: () => said, kill: () => child.kill('SIGKILL'), ended }
}

/** What the tools did, from their own books. */
function executed(): string[] {
  const lines = readFileSync(join(folder, 'ledger.txt'), 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const { tool, params } = JSON.parse(line) as { tool: string; params: { order_id: string } }
    return `${tool.split('.')[1]} ${params.order_id}`
  })
}

async function openQueue(page: Page, { url, project }: Holdpoint): Promise<void> {
  await page.goto(`${url}/${project}/approvals`)
}

async function approve(page: Page, tool: string): Promise<void> {
  const button = page.getByRole('button', { name: `Approve ${tool}` })
  // While a reviewer is in the list no row moves: a request that came since is announced, and shown when wanted.
  const show = page.getByRole('button', { name: /new request.* show/ })
  const row = page.getByRole('list', { name: 'Pending' }).getByRole('link', { name: new RegExp(`^${tool} `) })
  await expect(button.or(show).or(row).first()).toBeVisible()
  if (await show.isVisible()) await show.click()
  // what was decided last stays open beside the list
  if (!(await button.isVisible())) await row.click()
  await button.click()
  await page.getByRole('button', { name: `Confirm approve ${tool}` }).click()
}

async function reject(page: Page, tool: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: `Reject ${tool}` }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await page.getByRole('button', { name: `Confirm reject ${tool}` }).click()
}

async function statusOf({ call }: Holdpoint): Promise<unknown> {
  return (await call('GET', `/api/runs/${run}`)).body.status
}

test('an approval in the browser lets the tool run, once', async ({ page, holdpoint }) => {
  await openQueue(page, holdpoint)
  const life = live(holdpoint)
  // The page moves by itself; nobody reloads it.
  await expect(page.getByRole('button', { name: `Approve ${refund}` })).toBeVisible()
  expect(executed()).toEqual(all.slice(0, 2))
  await approve(page, refund)
  await expect.poll(executed).toEqual(all.slice(0, 3))
  await approve(page, cancel)
  expect(await life.ended).toBe(0)
  expect(executed()).toEqual(all)
  expect(await statusOf(holdpoint)).toBe('completed')
})

test('killed while waiting, it goes on where it was and runs nothing twice', async ({ page, holdpoint }) => {
  const first = live(holdpoint)
  await openQueue(page, holdpoint)
  await expect(page.getByRole('button', { name: `Approve ${refund}` })).toBeVisible()
  first.kill()
  await first.ended
  await approve(page, refund)
  await expect(page.getByRole('button', { name: `Approve ${refund}` })).toBeHidden()
  expect(executed()).toEqual(all.slice(0, 2))
  const second = live(holdpoint)
  await approve(page, cancel)
  expect(await second.ended).toBe(0)
  expect(executed()).toEqual(all)
  expect(await statusOf(holdpoint)).toBe('completed')
})

test('a rejection that ends the run reaches the agent with its reason', async ({ page, holdpoint }) => {
  const life = live(holdpoint, 'policy-always.yaml')
  await openQueue(page, holdpoint)
  await reject(page, refund, 'Not without a photo of the lamp.')
  expect(await life.ended).toBe(0)
  expect(life.said()).toContain('Not without a photo of the lamp.')
  expect(executed()).toEqual(all.slice(0, 1))
  expect(await statusOf(holdpoint)).toBe('failed')
})

test('a rejection that lets the run go on makes the agent write to the customer', async ({
  page,
  holdpoint,
}) => {
  const life = live(holdpoint)
  await openQueue(page, holdpoint)
  await reject(page, refund, 'Ask the carrier first.')
  await approve(page, cancel)
  expect(await life.ended).toBe(0)
  expect(executed()).toEqual(all.filter((line) => line !== 'process_refund ORD-1287'))
  expect(await statusOf(holdpoint)).toBe('completed')
  const { id } = (await holdpoint.call('GET', `/api/runs/${run}`)).body
  await page.goto(`${holdpoint.url}/${holdpoint.project}/runs/${String(id)}`)
  await expect(page.getByText('Ask the carrier first.').first()).toBeVisible()
  await expect(page.getByText('Message 4 to the customer of ORD-1287')).toBeVisible()
})

test('a deadline that nobody kept is not told as a rejection', async ({ page, holdpoint }) => {
  const life = live(holdpoint, 'policy-always.yaml')
  await openQueue(page, holdpoint)
  await expect(page.getByRole('button', { name: `Approve ${refund}` })).toBeVisible()
  const mine = sql`project_id = ${holdpoint.test.project.id} and status = 'pending'`
  await holdpoint.database.db.execute(
    sql`update approvals set expires_at = clock_timestamp() - interval '1 millisecond' where ${mine}`,
  )
  expect(await life.ended).toBe(0)
  expect(life.said()).toContain('nobody decided before the deadline')
  expect(life.said()).not.toContain('rejected')
  expect(executed()).toEqual(all.slice(0, 1))
  expect(await statusOf(holdpoint)).toBe('failed')
  await expect(page.getByText('Nobody decided before the deadline')).toBeVisible()
})
