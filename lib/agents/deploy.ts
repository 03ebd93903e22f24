import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '@/db/client'
import { findAgent, type AgentRecord } from '@/db/queries/agents'
import { projects } from '@/db/schema/identity'
import { credentialIdOf, type Context } from '@/lib/context'
import { projectArchived } from '@/lib/archive/refuse'
import { AppError } from '@/lib/errors'
import { agentNamePattern } from '@/lib/ids'
import { inTurn } from '@/lib/in-turn'
import { parsePolicy, type PolicyWarning } from '@/lib/policy/parse'
import type { Policy } from '@/lib/policy/policy'
import { urgentFirst } from '@/lib/policy/report'
import { assertStillAllowed } from '@/lib/rights'
import { verb } from '@/lib/verb'
import { findLoosening, type Loosening } from './loosening'
import { recordRefusedDeploy } from './record-refusal'
import { warningsOfPeople } from './people-warnings'
import { requireNoWarnings, requirePolicy, type Understood } from './read-file'
import { Agent, AgentByName, Strictness } from './schemas'
import { understoodText } from './understood'
import { agentToWire } from './wire'
import { writeVersion } from './write-version'

const deployLock = 734_023
/** Only other processes can be in between; whoever loses to so many deploys of theirs is told to try again. */
const mostTries = 10
/**
 * Together shorter than the deadline of an answer: no file comes into force later whose deploy was given up. Of each
 * credential one is in the project's queue, so that whoever deploys in a loop keeps nobody else from it.
 */
const ofCredential = { atOnce: 1, waiting: 20, withinMs: 3000 }
const ofProject = { atOnce: 1, waiting: 20, withinMs: 1000 }

type DeployInput = {
  name: string
  config: string
  strict?: boolean | undefined
  precondition?: ((inForce: number | null) => boolean) | undefined
}
type Deployed = { agent: Agent; isNew: boolean }

/**
 * Puts an agent's file in force for every ask from now on. The same content again makes no new version;
 * a refused file leaves the version in force as it was, and is on record. One that demands less than the version
 * before is marked in its audit entry; where a key deploys it, owners and admins are told, and so is whoever deploys,
 * by a warning. A project's deploys go one after the other in a process, so that comparing takes no more than its share.
 * @param input `config` the file's text, at most 64 kB; `precondition` what the version in force has to be (null:
 * none), judged under the lock; a file that is in force already is no change and needs none; `strict` refuses the file
 * for its warnings too
 * @throws AppError `forbidden`, `deploys_by_people`, `invalid_input` for the name, `invalid_policy` with line and
 * column, `precondition_failed` with the version in force, `unavailable` where other processes deploy the agent all
 * the time, and where others of the project keep it waiting
 */
export const deployAgent = verb(
  {
    summary: 'Deploy an agent file',
    need: { role: 'admin', scopes: ['deploy'] },
    path: AgentByName,
    query: Strictness,
    input: { media: 'application/yaml', as: 'config' },
    output: Agent,
    made: Agent,
    refuses: [
      'deploys_by_people',
      'project_archived',
      'invalid_input',
      'invalid_policy',
      'precondition_failed',
    ],
    bucket: 'ask',
    versioned: true,
  },
  async (ctx, input): Promise<Deployed> => {
    requireAgentName(input.name)
    try {
      const read = requireValid(input)
      return await inDeployTurn(ctx, () => deployFile(ctx, { ...input, ...read }))
    } catch (error) {
      await recordRefusedDeploy(ctx, input, error)
      throw error
    }
  },
)

/** @throws AppError `unavailable` with Retry-After */
function inDeployTurn<T>({ project, actor }: Context, work: () => Promise<T>): Promise<T> {
  const whose = `deploys ${project.id}`
  return inTurn(`${whose} ${credentialIdOf(actor) ?? actor.id}`, ofCredential, tooBusy, () =>
    inTurn(whose, ofProject, tooBusy, work),
  )
}

function tooBusy(): AppError {
  const detail = 'Other deploys of this project are under way; nothing was deployed. Try again.'
  return new AppError('unavailable', detail, { headers: { 'Retry-After': '2' } })
}

type File = DeployInput & { parsed: Understood; policy: Policy; warnings: PolicyWarning[] }

async function deployFile(ctx: Context, given: File): Promise<Deployed> {
  const file = await withPeople(ctx, given)
  for (let tries = 0; tries < mostTries; tries++) {
    const before = await findAgent(ctx.db, ctx.project.id, file.name)
    const loosens =
      before && before.config !== file.config ? await compare(ctx, before, file.policy) : undefined
    const done = await deployOver(ctx, file, loosens, before)
    if (done) return done
  }
  throw new AppError('unavailable', 'Others deploy this agent at the same time; try again.')
}

/**
 * The file with what it says of people who are not there.
 * @throws AppError `invalid_policy` where warnings are errors
 */
async function withPeople(ctx: Context, file: File): Promise<File> {
  const { names, rules } = file.parsed.people
  if (names.size > 0 || rules.size > 0) await assertMayDeploy(ctx.db, ctx)
  const warnings = urgentFirst([...file.warnings, ...(await warningsOfPeople(ctx.db, ctx, file.parsed))])
  if (file.strict) requireNoWarnings(warnings)
  return { ...file, warnings }
}

/** In what a policy demands less than the version in force: before the lock, as it may take a while. */
async function compare(ctx: Context, before: AgentRecord, policy: Policy): Promise<Loosening | undefined> {
  await assertMayDeploy(ctx.db, ctx)
  const old = parsePolicy(before.config)
  if (!old.ok) return undefined
  return findLoosening(ctx.db, { ...before, projectId: ctx.project.id }, old.policy, policy)
}

/** @returns undefined where another version is in force than the one that the file was compared with */
async function deployOver(
  ctx: Context,
  file: File,
  loosens: Loosening | undefined,
  before: AgentRecord | undefined,
): Promise<Deployed | undefined> {
  return ctx.db.transaction(async (tx) => {
    await tx.execute(
      sql`select pg_advisory_xact_lock(${deployLock}, hashtext(${`${ctx.project.id}/${file.name}`}))`,
    )
    await assertMayDeploy(tx, ctx)
    const inForce = await findAgent(tx, ctx.project.id, file.name)
    requirePrecondition(file, inForce)
    if (inForce?.versionId !== before?.versionId) return undefined
    if (before?.config !== file.config) await writeVersion(tx, ctx, file, loosens, before)
    const after = await findAgent(tx, ctx.project.id, file.name)
    if (!after) throw new Error('a deployed agent is gone')
    return {
      agent: agentToWire(after, after.policy ?? understoodText(after.config)),
      isNew: before === undefined,
    }
  })
}

/**
 * The actor's right, and the project's switches, which stay as they are until the deploy is committed: what was switched
 * before is obeyed, and who switches waits for deploys under way.
 * @throws AppError `unauthenticated`, `forbidden`, `deploys_by_people`, `project_archived`
 */
async function assertMayDeploy(tx: Queryable, ctx: Context): Promise<void> {
  const isKey = ctx.actor.type === 'key'
  await assertStillAllowed(tx, ctx, isKey ? { scope: 'deploy' } : 'admin')
  const [project] = await tx
    .select({ deploys: projects.deploys, archivedAt: projects.archivedAt })
    .from(projects)
    .where(eq(projects.id, ctx.project.id))
    .for('share')
  if (project?.archivedAt) throw projectArchived()
  if (!isKey || project?.deploys === 'anyone') return
  throw new AppError(
    'deploys_by_people',
    'This project’s setting `deploys` is `people`, so agent keys deploy nothing. Deploy on the Agents page, or with the personal token of an admin.',
  )
}

/** @throws AppError `precondition_failed` */
function requirePrecondition({ name, config, precondition }: File, inForce: AgentRecord | undefined): void {
  if (!precondition || inForce?.config === config || precondition(inForce?.version ?? null)) return
  const detail = inForce
    ? `Version ${inForce.version} of ${name}, deployed by ${inForce.deployedByLabel}, is in force, and not what this file was to replace. Nothing was deployed.`
    : `There is no agent ${name} to replace. Nothing was deployed.`
  throw new AppError('precondition_failed', detail, {
    members: { version: inForce?.version ?? null },
    ...(inForce ? { headers: { ETag: `"${inForce.version}"` } } : {}),
  })
}

/** @throws AppError `invalid_input` */
export function requireAgentName(name: string): void {
  if (agentNamePattern.test(name)) return
  const detail = 'An agent name is 1 to 64 lower case letters, digits and inner hyphens.'
  throw new AppError('invalid_input', detail, { errors: [{ pointer: '/name', detail }] })
}

function requireValid({ name, config }: DeployInput): Pick<File, 'parsed' | 'policy' | 'warnings'> {
  const parsed = requirePolicy(config)
  if (parsed.name !== null && parsed.name !== name) {
    const detail = `The file says name: ${parsed.name.slice(0, 64)}, the address says ${name}; make them the same.`
    const at = parsed.nameAt ?? { line: 1, column: 1 }
    throw new AppError('invalid_policy', detail, { errors: [{ pointer: '/name', detail, ...at }] })
  }
  return { parsed, policy: parsed.policy, warnings: parsed.warnings }
}
