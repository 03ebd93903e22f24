import { openSql } from '@/db/drivers'
import { serveSteps } from './own-server'

type Body = { tool: string; params: never; decision: string; output: never }

/**
 * What somebody writes who needs approvals and has an afternoon: one plain table, with no agent, no rights, no policy,
 * no deadline, no audit and no notice. The server is measured against it as the least that can be done.
 */
export async function main(): Promise<void> {
  const sql = openSql(process.env.DATABASE_URL ?? '', { max: 10, name: 'own table' })
  await sql`create table own_approvals (
    id bigint generated always as identity primary key, tool text not null, params jsonb not null,
    status text not null default 'pending', asked_at timestamptz not null default now(), decided_at timestamptz,
    claimed_at timestamptz, output jsonb)`
  const first = async (rows: PromiseLike<readonly object[]>) => (await rows)[0]
  serveSteps<Body>({
    asks: (_, { tool, params }) =>
      first(sql`insert into own_approvals (tool, params) values (${tool}, ${sql.json(params)}) returning *`),
    decision: (id, { decision }) =>
      first(sql`update own_approvals set status = ${decision}, decided_at = now()
          where id = ${id} and status = 'pending' returning *`),
    claim: (id) =>
      first(sql`update own_approvals set claimed_at = now()
          where id = ${id} and status = 'approved' and claimed_at is null returning *`),
    result: (id, { output }) =>
      first(sql`update own_approvals set output = ${sql.json(output)}
          where id = ${id} and output is null returning id`),
  })
}
