import { hkdfSync } from 'node:crypto'
import type { Database } from '@/db/client'
import { findKeyByHash, findSessionMemberships, findSessionUser, noteUse } from '@/db/queries/credentials'
import { setCursorSecret } from '@/db/queries/cursor'
import { attachReplica } from '@/db/replica'
import type { Actor, Context, MemberActor, Origin, Project, Role, Scope } from '@/lib/context'
import type { ReadySettings } from '@/lib/env'
import { AppError, notFound } from '@/lib/errors'
import { recordRefusedKey, type DeadKey } from '@/lib/keys/record-refused'
import { hashToken, parseToken } from '@/lib/tokens'
import { log } from '@/lib/log'
import { logError } from '@/lib/process/log'

/** What a request shows: a bearer token's hash or a session's, before anybody looked it up. */
export type Credential =
  { kind: 'bearer'; hash: string } | { kind: 'session'; hash: string; projectSlug: string | undefined }

/** Names of next-auth's session cookie, behind TLS and without. */
export const sessionCookies = ['__Secure-next-auth.session-token', 'next-auth.session-token'] as const

/**
 * Takes the credential out of a request. A bearer token that is there counts alone, right or wrong.
 * @throws AppError `unauthenticated`
 */
export function credentialOf(request: Request, isSecure: boolean): Credential {
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    const token = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization.trim())?.[1]
    if (token === undefined || parseToken(token) === undefined) throw unauthenticated()
    return { kind: 'bearer', hash: hashToken(token) }
  }
  const session = sessionTokenOf(request.headers.get('cookie') ?? '', isSecure)
  if (session === undefined) throw unauthenticated()
  const projectSlug = new URL(request.url).searchParams.get('project') ?? undefined
  return { kind: 'session', hash: hashToken(session), projectSlug }
}

function sessionTokenOf(cookies: string, isSecure: boolean): string | undefined {
  const name = sessionCookies[isSecure ? 0 : 1]
  for (const part of cookies.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return decodeCookie(part.slice(at + 1).trim())
  }
  return undefined
}

/** Undefined for what is no percent-encoding: nobody's session. */
function decodeCookie(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

function unauthenticated(): AppError {
  return new AppError(
    'unauthenticated',
    'Send `Authorization: Bearer` with a live key or token, or sign in.',
    {
      headers: { 'WWW-Authenticate': 'Bearer realm="holdpoint"' },
    },
  )
}

/** Whose a credential is, and what it opened when it was looked up. */
export type Found = { actor: Actor; project: Project }

/**
 * Looks a credential up, with the rights it has now. A key that is known and dead is recorded beside, which
 * neither delays nor changes its refusal.
 * @throws AppError `unauthenticated`; `not_found` for a session and a project that is not its person's;
 * `invalid_query` for a session of several projects that names none
 */
export async function authenticate(db: Database, credential: Credential, origin: Origin): Promise<Found> {
  if (credential.kind === 'session') return authenticateSession(db, credential)
  const row = await findKeyByHash(db, credential.hash)
  if (!row) throw unauthenticated()
  const project = projectOf(row)
  const because = whyDead(row)
  if (because) {
    if (row.isRefusalNew) recordBeside(db, project, { ...row, because }, origin)
    throw unauthenticated()
  }
  if (row.isStale) noteUse(db, row.keyId)
  if (row.kind === 'agent') {
    const scopes = row.scopes as Scope[]
    return { project, actor: { type: 'key', id: row.keyId, label: row.keyName, scopes, via: 'api' } }
  }
  if (row.userId === null || row.userEmail === null || row.role === null) throw unauthenticated()
  const person = { userId: row.userId, userName: row.userName, userEmail: row.userEmail, role: row.role }
  return {
    project,
    actor: member(person, { via: 'api', keyId: row.keyId, sessionToken: null, sessionId: null }),
  }
}

function recordBeside(
  db: Database,
  project: Project,
  { keyId: id, keyName: name, kind, because }: KeyRow & Pick<DeadKey, 'because'>,
  origin: Origin,
): void {
  void recordRefusedKey(db, project, { id, name, kind, because }, origin).catch((error: unknown) =>
    logError('key.refused', origin.requestId, error),
  )
}

type KeyRow = NonNullable<Awaited<ReturnType<typeof findKeyByHash>>>

function whyDead(row: KeyRow): DeadKey['because'] | undefined {
  if (row.isRevoked) return 'revoked'
  if (row.isExpired) return 'expired'
  return row.kind === 'personal' && row.role === null ? 'member_removed' : undefined
}

async function authenticateSession(
  db: Database,
  credential: Credential & { kind: 'session' },
): Promise<Found> {
  const rows = await findSessionMemberships(db, credential.hash, credential.projectSlug)
  const [row] = rows
  if (!row) {
    if (!(await findSessionUser(db, credential.hash))) throw unauthenticated()
    throw notFound()
  }
  if (rows.length > 1) {
    throw new AppError('invalid_query', 'You belong to several projects; name one with ?project=SLUG.')
  }
  return {
    project: projectOf(row),
    actor: member(row, {
      via: 'console',
      keyId: null,
      sessionToken: row.sessionToken,
      sessionId: row.sessionId,
    }),
  }
}

function projectOf(row: {
  projectId: string
  projectSlug: string
  projectName: string
  allowOwnRequest: boolean
}): Project {
  return {
    id: row.projectId,
    slug: row.projectSlug,
    name: row.projectName,
    allowOwnRequest: row.allowOwnRequest,
  }
}

type Person = { userId: string; userName: string | null; userEmail: string; role: Role }

function member(
  row: Person,
  how: Pick<MemberActor, 'via' | 'keyId' | 'sessionToken' | 'sessionId'>,
): MemberActor {
  return {
    type: 'user',
    id: row.userId,
    label: row.userName ?? row.userEmail,
    name: row.userName,
    email: row.userEmail,
    role: row.role,
    ...how,
  }
}

/** Everything that a verb needs, from what was looked up. */
export function contextOf(db: Database, found: Found, setting: ContextSettings, origin: Origin): Context {
  const { appUrl, maxPendingPerAgent, authSecret, databaseReplicaUrl, databasePool } = setting
  const { sealKey, cursorKey } = keysOf(authSecret)
  if (databaseReplicaUrl !== undefined)
    attachReplica(db, databaseReplicaUrl, {
      max: databasePool,
      log: (line) => log.warn({ where: 'replica' }, line),
    })
  // Every list is read with a context, so each process knows the cursors that another gave out.
  setCursorSecret(cursorKey)
  const context = { db, ...found, appUrl, limits: { maxPendingPerAgent }, sealKey, origin }
  const { actor } = found
  if (origin.via === undefined || actor.type !== 'user' || actor.via !== 'api') return context
  return { ...context, actor: { ...actor, via: origin.via } }
}

type ContextSettings = Pick<
  ReadySettings,
  'appUrl' | 'maxPendingPerAgent' | 'authSecret' | 'databaseReplicaUrl' | 'databasePool'
>

type Keys = { secret: string; sealKey: Buffer; cursorKey: string }
let kept: Keys | undefined

/** Keys for one use each: HKDF (RFC 5869) of AUTH_SECRET. */
function keysOf(secret: string): Keys {
  if (kept?.secret === secret) return kept
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', secret, '', use, 32))
  const sealKey = derive('holdpoint secrets at rest')
  return (kept = { secret, sealKey, cursorKey: derive('holdpoint cursors').toString('hex') })
}

/** The key for secrets at rest. */
export function sealKeyOf(authSecret: string): Buffer {
  return keysOf(authSecret).sealKey
}
