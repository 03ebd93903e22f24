import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openSql } from '@/db/drivers'

type Body = { tool: string; params: never; decision: string; output: never }
type Step = (id: string, body: Body) => PromiseLike<readonly object[]>

/**
 * What somebody writes who needs approvals and has an afternoon: node:http before one plain table, with no rights, no
 * policy, no deadline, no audit and no notice. It is what the server is measured against. Says its port when it serves.
 */
export async function main(): Promise<void> {
  const sql = openSql(process.env.DATABASE_URL ?? '', { max: 10, name: 'own table' })
  await sql`create table own_approvals (
    id bigint generated always as identity primary key, tool text not null, params jsonb not null,
    status text not null default 'pending', asked_at timestamptz not null default now(), decided_at timestamptz,
    claimed_at timestamptz, output jsonb)`
  /** By the last word of a path. */
  const steps: Record<string, Step> = {
    asks: (_, { tool, params }) =>
      sql`insert into own_approvals (tool, params) values (${tool}, ${sql.json(params)}) returning *`,
    decision: (id, { decision }) =>
      sql`update own_approvals set status = ${decision}, decided_at = now()
          where id = ${id} and status = 'pending' returning *`,
    claim: (id) =>
      sql`update own_approvals set claimed_at = now()
          where id = ${id} and status = 'approved' and claimed_at is null returning *`,
    result: (id, { output }) =>
      sql`update own_approvals set output = ${sql.json(output)} where id = ${id} and output is null returning id`,
  }
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const [, , id = '', step = 'asks'] = (request.url ?? '').split('/')
      const say = (status: number, body: string) => {
        const head = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
        response.writeHead(status, head).end(body)
      }
      const found = steps[step]?.(id, JSON.parse(text) as Body) ?? Promise.resolve([])
      found.then(
        ([row]) => say(row ? 200 : 409, JSON.stringify(row ?? { error: 'conflict' })),
        (error: unknown) => say(500, JSON.stringify({ error: String(error) })),
      )
    })
  })
  server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`))
  process.stdin.resume().once('end', () => process.exit(0))
}
