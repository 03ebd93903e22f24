import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { eq } from 'drizzle-orm'
import type { z } from 'zod'
import type { Database } from '@/db/client'
import { findMemberByEmail, findProject, findProjectBy, type MemberRecord } from '@/db/queries/members'
import { listAllSetAside } from '@/db/queries/set-aside'
import { keys } from '@/db/schema/identity'
import { archiveProject, unarchiveProject } from '@/lib/archive/archive'
import { PublishedHead } from '@/lib/audit/schemas'
import { sealAudit } from '@/lib/audit/seal'
import { verifyAudit, type Head } from '@/lib/audit/verify'
import { roles, scopes, type Context, type Project, type SystemActor } from '@/lib/context'
import { issueWords } from '@/lib/http/issue-words'
import { AppError } from '@/lib/errors'
import { createKey } from '@/lib/keys/create-key'
import { createToken, createTokenFor } from '@/lib/keys/create-token'
import { revokeKey } from '@/lib/keys/revoke-key'
import { addMember } from '@/lib/members/add'
import { changeRole } from '@/lib/members/change-role'
import { createProject } from '@/lib/members/create-project'
import { inviteMember } from '@/lib/members/invite'
import { removeMember } from '@/lib/members/remove'
import { EmailText, NameText } from '@/lib/members/schemas'
import { isFirstRun } from '@/lib/members/set-up'
import { makeOperatorLink } from '@/lib/members/sign-in-link'
import { projectOf } from '@/lib/members/wire'
import { pauseAgent, pauseProject, resumeAgent, resumeProject } from '@/lib/pause/pause'
import type { Paused } from '@/lib/pause/schemas'
import { setupUrl } from '@/lib/sign-in/setup-code'
import { retrySetAside } from '@/lib/work/set-aside'

/** A command that cannot be understood; its message says how it is used. */
export class UsageError extends Error {}

/** What a command works with. */
export type Place = { db: Database; appUrl: string; authSecret(): string }
/** What a command prints, what it warns of, and whether it found a fault. */
export type Answer = { value: unknown; warnings?: string[]; isBad?: boolean }
type Options = Record<string, string>
type Command = {
  usage: string
  options?: string[]
  run(place: Place, options: Options, name: string): Promise<Answer>
}

const operator: SystemActor = { type: 'system', id: 'operator', label: 'Operator', via: 'cli' }
const roleNames = roles.toReversed().join('|')

const commands: Record<string, Command> = {
  'project create': { usage: 'NAME', run: projectCreate },
  'member add': {
    usage: `--project SLUG --email E --role ${roleNames} [--name N]`,
    options: ['project', 'email', 'role', 'name'],
    run: memberAdd,
  },
  'member role': {
    usage: `--project SLUG --email E --role ${roleNames}`,
    options: ['project', 'email', 'role'],
    run: memberRole,
  },
  'member remove': { usage: '--project SLUG --email E', options: ['project', 'email'], run: memberRemove },
  'key create': {
    usage: `--project SLUG --name N --scope ${scopes.join()}`,
    options: ['project', 'name', 'scope'],
    run: keyCreate,
  },
  'token create': {
    usage: '--project SLUG --email E --name N',
    options: ['project', 'email', 'name'],
    run: tokenCreate,
  },
  'key revoke': { usage: 'ID', run: keyRevoke },
  link: { usage: '--email E', options: ['email'], run: link },
  'setup-link': { usage: '', run: setupLink },
  'aside list': { usage: '', run: asideList },
  'aside retry': { usage: '', run: asideRetry },
  pause: {
    usage: '--project SLUG [--agent NAME] [--reason R]',
    options: ['project', 'agent', 'reason'],
    run: (place, options) => pauseOrResume(place, options, pauseAgent, pauseProject),
  },
  resume: {
    usage: '--project SLUG [--agent NAME] [--reason R]',
    options: ['project', 'agent', 'reason'],
    run: (place, options) => pauseOrResume(place, options, resumeAgent, resumeProject),
  },
  archive: { usage: '--project SLUG', options: ['project'], run: archive },
  unarchive: { usage: '--project SLUG', options: ['project'], run: unarchive },
  'audit verify': {
    usage: '--project SLUG [--head SEQ:HASH|FILE]',
    options: ['project', 'head'],
    run: auditVerify,
  },
}

/**
 * The command that the arguments name, ready to run.
 * @throws UsageError
 */
export function findCommand(args: string[]): (place: Place) => Promise<Answer> {
  const words = [args.slice(0, 2).join(' '), args[0] ?? ''].find((name) => Object.hasOwn(commands, name))
  const command = words === undefined ? undefined : commands[words]
  if (words === undefined || command === undefined) throw new UsageError(allUsage())
  const usage = `Use it so: ${words} ${command.usage}`.trim()
  const { options, names } = readArguments(args.slice(words.split(' ').length), command, usage)
  return (place) => command.run(place, options, names[0] ?? '')
}

function readArguments(
  args: string[],
  command: Command,
  usage: string,
): { options: Options; names: string[] } {
  const isNamed = command.options === undefined && command.usage !== ''
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: isNamed,
      options: Object.fromEntries((command.options ?? []).map((name) => [name, { type: 'string' as const }])),
    })
    if (isNamed && positionals.length !== 1)
      throw new Error('One name is needed; quote it where it has blanks.')
    for (const name of command.options ?? []) {
      const isOptional = command.usage.includes(`[--${name}`)
      if (!isOptional && values[name] === undefined) throw new Error(`--${name} is missing.`)
    }
    return { options: values as Options, names: positionals }
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} ${usage}`)
  }
}

function allUsage(): string {
  const lines = Object.entries(commands).map(([words, { usage }]) => `  ${words} ${usage}`.trimEnd())
  return `There is no such command. These are:\n${lines.join('\n')}`
}

/** The option that gives a member of a verb's input. */
const optionOf = (member: unknown) => `--${member === 'scopes' ? 'scope' : String(member)}`

/**
 * Reads a value by its schema.
 * @param name of what the message is about; without it, the option of the member that is wrong
 */
function read<S extends z.ZodType>(schema: S, value: unknown, name?: string): z.output<S> {
  const parsed = schema.safeParse(value, { error: issueWords })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${name ?? optionOf(issue?.path[0])}: ${issue?.message ?? 'not valid.'}`)
}

const readEmail = (options: Options) => read(EmailText, options.email, '--email')

function contextOf(place: Place, project: Project): Context<SystemActor> {
  return { db: place.db, project, actor: operator, appUrl: place.appUrl, limits: { maxPendingPerAgent: 0 } }
}

async function openProject(place: Place, options: Options): Promise<Context<SystemActor>> {
  const project = await findProjectBy(place.db, 'slug', options.project ?? '')
  if (!project) throw new AppError('not_found', `There is no project with the slug ${options.project}.`)
  return contextOf(place, project)
}

async function requireMember(ctx: Context, email: string): Promise<MemberRecord> {
  const member = await findMemberByEmail(ctx.db, ctx.project.id, email)
  if (!member) throw new AppError('not_found', `${email} is not a member of ${ctx.project.slug}.`)
  return member
}

async function projectCreate(place: Place, _: Options, name: string): Promise<Answer> {
  const project = await createProject(place.db, { name: read(NameText, name, 'NAME') }, operator)
  return { value: { project: { id: project.id, slug: project.slug, name: project.name } } }
}

async function memberAdd(place: Place, options: Options): Promise<Answer> {
  const { project = '', ...given } = options
  const input = read(inviteMember.def.input, given)
  const { id, email, role } = await addMember(await openProject(place, { project }), input)
  return { value: { user: { id, email, role } } }
}

async function memberRole(place: Place, options: Options): Promise<Answer> {
  const wanted = read(changeRole.def.input, { role: options.role })
  const ctx = await openProject(place, options)
  const member = await requireMember(ctx, readEmail(options))
  const { id, email, role } = await changeRole(ctx, { id: member.id, ...wanted })
  return { value: { user: { id, email, role } } }
}

async function memberRemove(place: Place, options: Options): Promise<Answer> {
  const ctx = await openProject(place, options)
  await removeMember(ctx, { id: (await requireMember(ctx, readEmail(options))).id })
  return { value: { removed: true } }
}

async function keyCreate(place: Place, options: Options): Promise<Answer> {
  const wanted = (options.scope ?? '').split(',').map((scope) => scope.trim())
  const input = read(createKey.def.input, { name: options.name, scopes: wanted })
  const { id, prefix, token, warnings } = await createKey(await openProject(place, options), input)
  return { value: { key: { id, prefix }, token }, warnings: warnings.map(({ message }) => message) }
}

async function tokenCreate(place: Place, options: Options): Promise<Answer> {
  const input = read(createToken.def.input, { name: options.name })
  const ctx = await openProject(place, options)
  const member = await requireMember(ctx, readEmail(options))
  const { id, prefix, token } = await createTokenFor(ctx, { ...input, userId: member.id })
  return { value: { key: { id, prefix }, token } }
}

async function keyRevoke(place: Place, _: Options, id: string): Promise<Answer> {
  const [key] = await place.db.select({ projectId: keys.projectId }).from(keys).where(eq(keys.id, id))
  const project = key && (await findProject(place.db, key.projectId))
  if (!project) throw new AppError('not_found', `There is no key with the id ${id}.`)
  await revokeKey(contextOf(place, projectOf(project)), { id })
  return { value: { revoked: true } }
}

async function link(place: Place, options: Options): Promise<Answer> {
  return { value: { url: await makeOperatorLink(place.db, place.appUrl, readEmail(options)) } }
}

async function setupLink(place: Place): Promise<Answer> {
  if (!(await isFirstRun(place.db))) {
    throw new AppError('conflict', 'Holdpoint is set up already. Make a sign-in link with: link --email E')
  }
  return { value: { url: setupUrl(place.appUrl, place.authSecret()) } }
}

async function asideList({ db }: Place): Promise<Answer> {
  const rows = await listAllSetAside(db)
  return {
    value: {
      set_aside: rows.map(({ projectId, retryAt, ...row }) => ({
        ...row,
        project_id: projectId,
        retry_at: retryAt,
      })),
    },
  }
}

async function asideRetry({ db }: Place): Promise<Answer> {
  return { value: { retried: await retrySetAside(db) } }
}

async function pauseOrResume(
  place: Place,
  { agent, reason = '', ...options }: Options,
  ofAgent: (ctx: Context, input: { name: string; reason: string }) => Promise<{ paused: Paused }>,
  ofProject: (ctx: Context, input: { reason: string }) => Promise<{ paused: Paused }>,
): Promise<Answer> {
  const ctx = await openProject(place, options)
  const input = reason === '' ? { reason } : read(pauseAgent.def.input, { reason })
  if (agent === undefined)
    return { value: { project: ctx.project.slug, paused: (await ofProject(ctx, input)).paused } }
  return { value: { agent, paused: (await ofAgent(ctx, { ...input, name: agent })).paused } }
}

async function archive(place: Place, options: Options): Promise<Answer> {
  const ctx = await openProject(place, options)
  const { slug, archived } = await archiveProject(ctx, { confirm: ctx.project.slug })
  return { value: { project: slug, archived } }
}

async function unarchive(place: Place, options: Options): Promise<Answer> {
  const { slug, archived } = await unarchiveProject(await openProject(place, options))
  return { value: { project: slug, archived } }
}

async function auditVerify(place: Place, options: Options): Promise<Answer> {
  const { project } = await openProject(place, options)
  const heads = options.head === undefined ? [] : await readHeads(options.head)
  await sealAudit(place.db)
  const found = await verifyAudit(place.db, project.id, heads)
  return { value: found, isBad: !found.ok }
}

/** One head, or a file of them, a line each. */
async function readHeads(headOrFile: string): Promise<Head[]> {
  const one = PublishedHead.safeParse(headOrFile)
  if (one.success) return [one.data]
  const text = await readFile(headOrFile, 'utf8').catch(() => {
    throw new UsageError(`--head: neither SEQ:HASH nor a file that can be read: ${headOrFile}`)
  })
  const lines = text.split('\n').map((line) => line.trim())
  return lines
    .filter((line) => line !== '')
    .map((line) => read(PublishedHead, line, `--head, ${line.slice(0, 40)}`))
}
