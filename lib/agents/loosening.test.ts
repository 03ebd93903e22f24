import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '@/db/client'
import { members } from '@/db/schema/identity'
import { mails, notices } from '@/db/schema/notices'
import { toolCalls } from '@/db/schema/runs'
import { askApproval } from '@/lib/approvals/ask'
import { jobTasks } from '@/lib/jobs/tasks'
import { doJobs, jobDeps } from '@/lib/testing/due-jobs'
import { auditOf, withoutAudit } from '@/lib/testing/person'
import { withoutWebhooks } from '@/lib/testing/without-webhooks'
import { changeRole } from '@/lib/members/change-role'
import { removeMember } from '@/lib/members/remove'
import { readNotices } from '@/lib/notices/in-app'
import { setNoticePreferences } from '@/lib/notices/preferences'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject, type TestProject } from '@/lib/testing/project'
import { deployAgent } from './deploy'
import { readAgent } from './read'

let db: Database
let url: string
let close: () => Promise<void>
let test: TestProject

beforeAll(async () => {
  ;({ db, url, close } = await openTestDatabase())
})
afterAll(() => close())
beforeEach(async () => {
  await db.execute(sql`delete from graphile_worker._private_jobs`)
  test = await makeTestProject(db)
  // None yet, so that a key may make the first one unseen.
  await db.execute(sql`delete from agents where project_id = ${test.project.id}`)
})

const mail = { resendApiKey: undefined, resendBaseUrl: undefined, emailFrom: 'Holdpoint <hold@example.com>' }
const fileOf = (...entries: string[]) =>
  entries.length === 0
    ? 'approval:\n  tools: []\n'
    : `approval:\n  tools:\n${entries.map((entry) => `    - ${entry}\n`).join('')}`

/** Deploys `shop`; by the key unless said otherwise. */
const deploy = (entries: string[], ctx: Parameters<typeof deployAgent>[0] = test.agent) =>
  deployAgent(ctx, { name: 'shop', config: fileOf(...entries) })
const codesOf = async (deployed: ReturnType<typeof deploy>) =>
  (await deployed).agent.warnings.map(({ code }) => code)

async function ask(
  tool: string,
  params: object,
  more: { run_id?: string; context?: Record<string, unknown> } = {},
) {
  const where = more.run_id === undefined ? { agent: 'shop' } : {}
  const source = { params: JSON.stringify(params), context: more.context && JSON.stringify(more.context) }
  return (await askApproval(test.agent, { tool, ...where, ...more, params: { ...params }, source })).answer
}

/** What the newest `agent.deployed` entry says of its loosening. */
const loosens = async () => (await auditOf(db, test.project.id, 'agent.deployed')).at(-1)?.detail.loosens
const noticed = () =>
  db
    .select({ userId: notices.userId, text: notices.text })
    .from(notices)
    .where(sql`${notices.kind} = 'policy_loosened' and ${notices.projectId} = ${test.project.id}`)
    .orderBy(notices.createdAt, notices.id)

/** Writes the mails that are due and returns those of this kind. */
async function mailed() {
  await doJobs(url, jobDeps(db))
  return db
    .select()
    .from(mails)
    .where(sql`${mails.kind} = 'policy' and ${mails.projectId} = ${test.project.id}`)
    .orderBy(mails.recipient)
}

describe('a deploy that demands less', () => {
  it.each<[string, string[], string[], object]>([
    [
      'an entry less',
      ['pay', 'drop: param.force'],
      ['pay'],
      { removed: [{ tool: 'drop', when: 'param.force' }], made_conditional: [], fires_less: null },
    ],
    [
      'a wildcard less',
      ['db_*'],
      ['db_drop'],
      { removed: [{ tool: 'db_*', when: null }], made_conditional: [], fires_less: null },
    ],
    [
      'an empty list',
      ['pay'],
      [],
      { removed: [{ tool: 'pay', when: null }], made_conditional: [], fires_less: null },
    ],
    [
      'a condition where there was none',
      ['pay'],
      ['pay: param.amount > 1000'],
      {
        removed: [],
        made_conditional: [{ tool: 'pay', when: 'param.amount > 1000' }],
        fires_less: null,
      },
    ],
  ])('%s is marked, by a key and by a person', async (_, before, after, expected) => {
    const admin = await test.member('admin')
    await deploy(before, test.system)
    expect(await codesOf(deploy(after))).toContain('loosens_policy')
    expect(await loosens()).toEqual(expected)
    await deploy(before, admin)
    expect(await loosens()).toBeUndefined()
    expect(await codesOf(deploy(after, admin))).not.toContain('loosens_policy')
    expect(await loosens()).toEqual(expected)
    expect(await noticed()).toHaveLength(1)
  })

  it('a file without its block, where there was one, is marked', async () => {
    await deploy(['pay'])
    await deployAgent(test.agent, { name: 'shop', config: 'version: "1.0"\n' })
    expect(await loosens()).toMatchObject({ removed: [{ tool: 'pay' }] })
  })

  it.each<[string, string[], string[]]>([
    ['an entry more', ['pay'], ['pay', 'drop']],
    ['a condition less', ['pay: param.a'], ['pay']],
    ['a wildcard over it', ['db_drop', 'db_delete: param.all'], ['"db_*"']],
    [
      'another order and other words',
      ['pay', 'drop'],
      ['drop', 'pay: {timeout: 60, on_rejection: continue}'],
    ],
    ['another condition of which nothing is recorded', ['pay: param.a > 1'], ['pay: param.a > 2']],
  ])('%s is not', async (_, before, after) => {
    await deploy(before)
    expect(await codesOf(deploy(after))).toEqual([])
    expect(await loosens()).toBeUndefined()
    expect(await noticed()).toEqual([])
  })

  it('the first file, the same again, and one that was refused are not; a roll-back counts against what is in force', async () => {
    await deploy([])
    expect(await loosens()).toBeUndefined()
    await deploy(['pay'])
    await deploy(['pay'])
    await expect(deploy(['pay: param.a &&'])).rejects.toMatchObject({ code: 'invalid_policy' })
    expect(await noticed()).toEqual([])
    await deploy([])
    expect(await loosens()).toMatchObject({ removed: [{ tool: 'pay' }] })
    await deploy(['pay'])
    expect(await loosens()).toBeUndefined()
    expect(await noticed()).toHaveLength(0)
    expect(await auditOf(db, test.project.id, 'agent.deployed')).toHaveLength(5)
  })
})

describe('a new agent', () => {
  const fresh = (ctx: Parameters<typeof deployAgent>[0], name: string, ...entries: string[]) =>
    deployAgent(ctx, { name, config: fileOf(...entries) })
  const marks = async () =>
    (await auditOf(db, test.project.id, 'agent.deployed'))
      .filter(({ detail }) => detail.name !== 'tester')
      .map(({ detail }) => detail.new_agent)

  it('of a key is told and marked where the project has agents, however little it gates', async () => {
    const owner = await test.member('owner')
    await test.member('reviewer')
    await deploy(['pay'])
    expect([await noticed(), await marks()]).toEqual([[], [undefined]])
    await fresh(test.agent, 'shop-2')
    expect(await marks()).toEqual([undefined, true])
    const text = 'The key Key run,deploy,read deployed a new agent shop-2; it gates 0 entries.'
    expect(await noticed()).toEqual([{ userId: owner.actor.id, text }])
    const [notice] = (await readNotices(owner, { limit: 1 })).items
    expect(notice?.url).toMatch(/\/agents\/shop-2\?version=1$/)
    const written = await mailed()
    expect(written.map(({ recipient }) => recipient)).toEqual([owner.actor.email])
    expect(written[0]?.subject).toMatch(/^A key deployed a new agent, shop-2, in /)
    expect(written[0]?.text.replaceAll(/\s+/g, ' ')).toContain(text)
    await fresh(test.agent, 'shop-3', 'pay')
    expect((await noticed()).at(-1)?.text).toMatch(/ shop-3; it gates 1 entry\.$/)
    expect(await mailed()).toHaveLength(1)
  })

  it('of a person is neither', async () => {
    const owner = await test.member('owner')
    await deploy(['pay'])
    await fresh(owner, 'shop-2')
    expect([await noticed(), await marks()]).toEqual([[], [undefined, undefined]])
  })
})

describe('a rule that fires less on recorded calls', () => {
  it('says how many, and which; held ones by their approvals', async () => {
    await deploy(['pay: param.amount > 1000'])
    const held = []
    for (const amount of [10, 2000, 3000, 9000]) held.push(await ask('pay', { amount }))
    await ask('lookup', { amount: 5000 })
    await deploy(['pay: param.amount > 2500'])
    expect(await loosens()).toEqual({
      removed: [],
      made_conditional: [],
      fires_less: {
        recorded: 4,
        compared: 4,
        before: 3,
        after: 2,
        let_through: 1,
        examples: [(held[1] as { id: string }).id],
      },
    })
  })

  it('counts a call that it lets through, although it holds more others than before', async () => {
    await deploy(['pay: param.amount > 1000'])
    for (const amount of [1, 2, 3, 5000]) await ask('pay', { amount })
    await deploy(['pay: param.amount < 1000'])
    expect(await loosens()).toMatchObject({ fires_less: { before: 1, after: 3, let_through: 1 } })
  })

  it('judges with the context of run and call, the run’s id, the agent’s name and the moment of the ask', async () => {
    await deploy(['pay: context.role != "admin"'])
    await ask('pay', {}, { context: { role: 'clerk' } })
    const [recorded] = await db
      .select({ runId: toolCalls.runId, at: toolCalls.startedAt })
      .from(toolCalls)
      .where(eq(toolCalls.projectId, test.project.id))
    const same = `context.role == "clerk" and context.run_id == "${recorded?.runId}" and context.agent_name == "shop"`
    await deploy([`pay: '${same} and context.timestamp == "${recorded?.at.toISOString()}"'`])
    expect(await loosens()).toBeUndefined()
    await deploy([`pay: '${same} and context.timestamp == "2020-01-01T00:00:00.000Z"'`])
    expect(await loosens()).toMatchObject({ fires_less: { compared: 1, before: 1, after: 0 } })
  })

  it('compares whole numbers as they were sent', async () => {
    await deploy(['pay: param.n > 9007199254740992'])
    const source = { params: '{"n":9007199254740993}' }
    await askApproval(test.agent, { agent: 'shop', tool: 'pay', params: { n: 9007199254740993n }, source })
    await deploy(['pay: param.n > 9007199254740993'])
    expect(await loosens()).toMatchObject({ fires_less: { compared: 1, before: 1, after: 0 } })
  })

  it('finds what was held behind a thousand calls that were not', async () => {
    await deploy(['pay: param.amount > 1000'])
    await ask('pay', { amount: 2000 })
    const answer = await ask('pay', { amount: 1 })
    await db.execute(sql`
      insert into tool_calls (id, project_id, run_id, agent_id, tool_call_id, tool, params, digest, required, policy_version)
      select 'stp_flood_' || n, project_id, run_id, agent_id, 'flood-' || n, tool, params, digest, required, policy_version
      from tool_calls, generate_series(1, 1500) as n where run_id = ${answer.run_id} and tool_call_id = ${answer.tool_call_id}`)
    await deploy(['pay: param.amount > 5000'])
    expect(await loosens()).toMatchObject({ fires_less: { recorded: 1000, before: 1, let_through: 1 } })
  })

  it('sees nothing of other agents and other projects', async () => {
    await deploy(['pay: param.amount > 1000'])
    const other = await makeTestProject(db)
    for (const [ctx, name] of [
      [other.agent, 'shop'],
      [test.agent, 'kiosk'],
    ] as const) {
      await deployAgent(ctx, { name, config: fileOf('pay: param.amount > 1000') })
      const params = { amount: 2000 }
      await askApproval(ctx, { agent: name, tool: 'pay', params, source: { params: JSON.stringify(params) } })
    }
    await deploy(['pay: param.amount > 5000'])
    expect(await loosens()).toBeUndefined()
  })
})

describe('owners and admins', () => {
  it('are told at once in the bell and by mail, whatever they chose to hear of, and nobody else', async () => {
    const people = [await test.member('owner'), await test.member('admin'), await test.member('admin')]
    const [owner, muted] = people
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
    const nothing = { email: false, in_app: false, agents: ['other'], tools: [], muted_until: inAnHour }
    await setNoticePreferences(muted!, nothing)
    await test.member('reviewer')
    await test.member('viewer')
    const invited = await test.member('owner')
    await db.update(members).set({ joinedAt: null }).where(eq(members.userId, invited.actor.id))
    const other = await makeTestProject(db)
    await other.member('owner')
    await deploy(['pay', 'drop'])
    const { agent } = await deploy(['drop'])
    expect(agent.warnings[0]).toEqual({
      code: 'loosens_policy',
      message:
        'This demands less than version 1 did, which owners and admins are told. No longer gated: pay.',
      line: 1,
      column: 1,
    })
    expect((await readAgent(test.agent, 'shop')).warnings).toEqual(agent.warnings)
    expect((await noticed()).map(({ userId }) => userId).sort()).toEqual(
      people.map((one) => one.actor.id).sort(),
    )
    const [notice] = (await readNotices(owner!, { limit: 1 })).items
    expect(notice).toMatchObject({
      kind: 'policy_loosened',
      text: 'The key Key run,deploy,read deployed version 2 of shop. No longer gated: pay.',
      approval: null,
      read_at: null,
      url: `http://localhost:3000/${test.project.slug}/agents/shop?version=2`,
    })
    const written = await mailed()
    expect(written.map((one) => one.recipient)).toEqual(people.map((one) => one.actor.email).sort())
    expect(written[0]?.text).toContain('No longer gated: pay.')
    expect(written[0]?.text).toContain(`/${test.project.slug}/agents/shop?version=2`)
  })

  it('are mailed the first at once, and in one mail what follows within ten minutes', async () => {
    const owner = await test.member('owner')
    await deploy(['pay', 'drop'])
    await deploy(['drop'])
    expect(await mailed()).toHaveLength(1)
    for (let i = 0; i < 10; i++) {
      await deploy(['pay', 'drop'])
      await deploy([])
      expect(await mailed()).toHaveLength(1)
    }
    await deploy(['pay'])
    expect((await noticed()).map(({ userId }) => userId)).toEqual(Array(11).fill(owner.actor.id))
    const jobs = await db.execute<{ waits: boolean }>(sql`
      select run_at between now() + interval '9 minutes' and now() + interval '10 minutes' as waits
      from graphile_worker._private_jobs where key like 'policy_mail:%'`)
    expect(jobs.map(({ waits }) => waits)).toEqual([true])
    await db.execute(
      sql`update mails set created_at = created_at - interval '10 minutes' where project_id = ${test.project.id}`,
    )
    await db.execute(
      sql`update graphile_worker._private_jobs set run_at = now() where key like 'policy_mail:%'`,
    )
    const gathered = (await mailed()).find(({ subject }) => subject.startsWith('10 deploys by keys'))
    expect(gathered?.text).toContain('10 deploys since')
    expect(gathered?.text.replaceAll(/\s+/g, ' ')).toContain(
      'deployed version 22 of shop. No longer gated: pay, drop. Version 23 is in force by now.',
    )
    const again = { project_id: test.project.id, user_id: owner.actor.id }
    const info = { attempts: 2, maxAttempts: 25, signal: undefined }
    await jobTasks({ db, mail, appUrl: '', ...withoutWebhooks }).policy_loosened_mail(again, info)
    expect(await mailed()).toHaveLength(2)
  })

  it('who are it no longer when the mail is written get none', async () => {
    const [owner, gone, lowered] = [
      await test.member('owner'),
      await test.member('admin'),
      await test.member('admin'),
    ]
    await deploy(['pay'])
    await deploy([])
    await removeMember(owner, { id: gone.actor.id })
    await changeRole(owner, { id: lowered.actor.id, role: 'reviewer' })
    expect((await mailed()).map((one) => one.recipient)).toEqual([owner.actor.email])
  })

  it('hear nothing of a deploy whose audit entry cannot be written', async () => {
    await test.member('owner')
    await deploy(['pay'])
    await withoutAudit(db, async () => {
      await expect(deploy([])).rejects.toThrow(/audit_entries/)
    })
    expect(await noticed()).toEqual([])
    expect(await mailed()).toEqual([])
    expect((await readAgent(test.agent, 'shop')).version).toBe(1)
  })

  it('are shown hostile names as text', async () => {
    const owner = await test.member('owner')
    const evil = '<script>alert(1)</script>\u202e https://evil.example/x'
    const image = '<img src=//evil.example>'
    await deploy([`'pay_[${image}]*': param.note != "${image} https://evil.example"`, '"*": param.a'])
    const actor = { ...test.agent.actor, label: evil }
    await deploy(['"*": param.a'], { ...test.agent, actor })
    const [{ html = '', text = '', subject = '' } = {}] = await mailed()
    expect(html).not.toMatch(/<script|<img|href="[^"]*evil/)
    expect(html).toContain('&lt;script&gt;')
    expect(html).toContain('&lt;img src=//evil.example&gt;')
    for (const part of [html, text, subject]) expect(part).not.toMatch(/\u202e|https:\/\/evil/)
    expect(text).toContain('⟨U+202E⟩ https∶//evil.example/x deployed version 2')
    expect((await readNotices(owner, { limit: 1 })).items[0]?.text).toContain(evil)
  })
})

describe('twenty deploys at once', () => {
  it('are each compared with the version that they replace', async () => {
    await deploy(['base'])
    const files = Array.from({ length: 20 }, (_, i) => [`only_${i}`, 'base'])
    await Promise.all(files.map((entries) => deploy(entries)))
    const entries = (await auditOf(db, test.project.id, 'agent.deployed')).filter(
      ({ detail }) => detail.name === 'shop',
    )
    expect(entries.map(({ detail }) => detail.version)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1))
    let before: string | undefined
    for (const { detail } of entries) {
      const own = /only_\d+/.exec(detail.config as string)?.[0]
      const removed = before === undefined ? undefined : [{ tool: before, when: null }]
      expect((detail.loosens as { removed?: object } | undefined)?.removed).toEqual(removed)
      before = own
    }
  })
})
