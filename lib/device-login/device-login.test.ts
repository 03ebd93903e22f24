import { eq, isNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deviceLogins, keys } from '@/db/schema/identity'
import { removeMember } from '@/lib/members/remove'
import { auditOf, withoutAudit } from '@/lib/testing/person'
import { makeTestProject, signedIn, type TestProject } from '@/lib/testing/project'
import { startRest, type Answer, type Rest } from '@/lib/testing/rest'
import { hashToken, parseToken } from '@/lib/tokens'
import { makeUserCode, readUserCode } from './code'
import type { DeviceLogin } from './schemas'
import { confirmDeviceLogin, denyDeviceLogin, findDeviceLogin } from './settle'

let rest: Rest
let at: TestProject
beforeAll(async () => {
  rest = await startRest({ RATE_LIMIT_PER_MINUTE: '600', TRUSTED_PROXIES: '127.0.0.1' })
  at = await makeTestProject(rest.db)
})
afterAll(() => rest.close())

let addresses = 0
const send = (path: string, body: object, address = `203.0.113.${++addresses}`): Promise<Answer> =>
  rest.call('POST', path, { body, headers: { 'X-Forwarded-For': address } })
const start = async (name = 'holdpoint on ann-laptop', address?: string) => {
  const { status, body } = await send('/api/device', { client_name: name }, address)
  expect(status).toBe(200)
  return body as unknown as DeviceLogin
}
const redeem = ({ device_code }: Pick<DeviceLogin, 'device_code'>) =>
  send('/api/device/token', { device_code })
/** Lets the time between two polls pass. */
const rested = ({ device_code }: DeviceLogin) =>
  rest.db
    .update(deviceLogins)
    .set({ polledAt: sql`clock_timestamp() - interval '6 seconds'` })
    .where(eq(deviceLogins.deviceHash, hashToken(device_code)))
const person = async (role: 'viewer' | 'reviewer' = 'reviewer') => signedIn(await at.member(role))
const tokensOf = (userId: string) => rest.db.select().from(keys).where(eq(keys.userId, userId))

describe('a code for a person', () => {
  test('is eight letters that are no word, and is read however it is typed', () => {
    const code = makeUserCode()
    expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(readUserCode(` ${code.toLowerCase().replace('-', ' ')} `)).toBe(code)
    for (const none of ['', 'WDJB-MJH', 'WDJB-MJHTT', 'AEIO-UAEI', '1234-5678'])
      expect(readUserCode(none)).toBeUndefined()
  })
})

describe('the login of a command', () => {
  test('says where a person confirms it, and keeps nothing but hashes', async () => {
    const login = await start()
    const { device_code, user_code } = login
    expect(login).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/) as string,
      user_code,
      verification_uri: 'http://localhost:3000/device',
      verification_uri_complete: `http://localhost:3000/device?code=${user_code}`,
      expires_in: 600,
      interval: 5,
    })
    const [row] = await rest.db
      .select()
      .from(deviceLogins)
      .where(eq(deviceLogins.deviceHash, hashToken(device_code)))
    expect(row).toMatchObject({ codeHash: hashToken(user_code), name: 'holdpoint on ann-laptop' })
    expect(row!.expiresAt.getTime() - row!.createdAt.getTime()).toBeGreaterThan(599_000)
    expect(JSON.stringify(row)).not.toContain(device_code)
    expect(JSON.stringify(row)).not.toContain(user_code)
  })

  test('confirmed by a member gives their token once, with its audit entry', async () => {
    const ann = await person()
    const login = await start('holdpoint on ann-laptop', '203.0.113.200')
    expect((await redeem(login)).body.code).toBe('authorization_pending')
    expect(await findDeviceLogin(rest.db, login.user_code.toLowerCase(), ann.actor.id)).toMatchObject({
      name: 'holdpoint on ann-laptop',
      address: '203.0.113.200',
      projects: [{ slug: at.project.slug, role: 'reviewer' }],
    })
    await confirmDeviceLogin(ann, { code: login.user_code })
    expect(await tokensOf(ann.actor.id)).toHaveLength(1)
    const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(login)))
    const [given, ...others] = answers.toSorted((a, b) => a.status - b.status)
    expect(given).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
    expect(new Set(others.map(({ body }) => body.code))).toEqual(new Set(['expired_token']))
    const token = String(given!.body.access_token)
    expect(parseToken(token)?.kind).toBe('personal')
    const me = await rest.call('GET', '/api/me', { token })
    expect(me.body).toMatchObject({
      kind: 'personal_token',
      key: { name: 'holdpoint on ann-laptop' },
      member: { id: ann.actor.id, role: 'reviewer' },
    })
    expect(await tokensOf(ann.actor.id)).toHaveLength(2)
    const entries = await auditOf(rest.db, at.project.id, 'key.created')
    expect(entries.filter(({ actor }) => actor === ann.actor.id)).toMatchObject([
      { detail: { kind: 'personal', user_id: ann.actor.id, asked_from: '203.0.113.200' } },
    ])
    expect(JSON.stringify(entries)).not.toContain(token)
  })

  test('denied, expired, unknown or used gives nothing', async () => {
    const ann = await person()
    const [denied, expired, used] = [await start(), await start(), await start()]
    await denyDeviceLogin(rest.db, denied.user_code)
    expect((await redeem(denied)).body.code).toBe('access_denied')
    expect((await redeem(denied)).body.code).toBe('expired_token')
    await confirmDeviceLogin(ann, { code: expired.user_code })
    await rest.db
      .update(deviceLogins)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 millisecond'` })
      .where(eq(deviceLogins.deviceHash, hashToken(expired.device_code)))
    expect((await redeem(expired)).body.code).toBe('expired_token')
    await confirmDeviceLogin(ann, { code: used.user_code })
    for (const again of [
      () => confirmDeviceLogin(ann, { code: used.user_code }),
      () => denyDeviceLogin(rest.db, used.user_code),
    ])
      await expect(again()).rejects.toMatchObject({ code: 'not_found' })
    expect(await findDeviceLogin(rest.db, used.user_code, ann.actor.id)).toBeUndefined()
    expect((await redeem({ device_code: 'nobody’s' })).body.code).toBe('expired_token')
    // the code for the person opens nothing
    expect((await redeem({ device_code: used.user_code })).body.code).toBe('expired_token')
    expect(await tokensOf(ann.actor.id)).toHaveLength(1)
  })

  test('that asks too often is told so, and goes on', async () => {
    const login = await start()
    const codes = []
    for (let i = 0; i < 2; i++) codes.push((await redeem(login)).body.code)
    await rested(login)
    codes.push((await redeem(login)).body.code)
    expect(codes).toEqual(['authorization_pending', 'slow_down', 'authorization_pending'])
  })

  test('is confirmed by nobody whose session or membership has ended', async () => {
    const owner = await at.member('owner')
    const [gone, signedOut] = [await person('viewer'), await at.member('reviewer')]
    const [late, login] = [await start(), await start()]
    await confirmDeviceLogin(gone, { code: late.user_code })
    await removeMember(owner, { id: gone.actor.id })
    expect((await redeem(late)).body.code).toBe('access_denied')
    await expect(confirmDeviceLogin(gone, { code: login.user_code })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    const without = { ...signedOut.actor, keyId: null, sessionToken: 'none' }
    await expect(
      confirmDeviceLogin({ ...signedOut, actor: without }, { code: login.user_code }),
    ).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(confirmDeviceLogin(at.agent, { code: login.user_code })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect((await redeem(login)).body.code).toBe('authorization_pending')
  })

  test('is not given without its audit entry', async () => {
    const ann = await person()
    const login = await start()
    await confirmDeviceLogin(ann, { code: login.user_code })
    await withoutAudit(rest.db, async () => expect((await redeem(login)).status).toBe(500))
    expect(await tokensOf(ann.actor.id)).toHaveLength(1)
    expect((await redeem(login)).status).toBe(200)
  })
})

describe('where 100,000 logins wait for a person', () => {
  const most = 100_000
  const waiting = async () => rest.db.$count(deviceLogins, isNull(deviceLogins.userId))

  test('the oldest of them goes, and nobody is refused', async () => {
    const ann = await person()
    await rest.db.delete(deviceLogins)
    // a flood comes sooner than the planner hears of it
    await rest.db.execute(sql`analyze device_logins`)
    const confirmed = await start()
    await confirmDeviceLogin(ann, { code: confirmed.user_code })
    await rest.db.execute(sql`
      insert into device_logins (device_hash, code_hash, name, expires_at)
      select 'flood-' || n, 'flood-' || n, 'x', clock_timestamp() + interval '1 minute' + n * interval '1 ms'
      from generate_series(1, ${most}::int) n`)
    const isLeft = async (hash: string) =>
      (await rest.db.$count(deviceLogins, eq(deviceLogins.deviceHash, hash))) === 1
    const logins = await Promise.all(Array.from({ length: 20 }, () => start()))
    const last = await start()
    expect(await waiting()).toBe(most)
    expect([await isLeft('flood-21'), await isLeft(`flood-${most}`)]).toEqual([false, true])
    for (const login of [...logins, last])
      expect((await redeem(login)).body.code).toBe('authorization_pending')
    expect((await redeem(confirmed)).status).toBe(200)
    await rest.db.delete(deviceLogins)
  })
})

describe('what is refused', () => {
  test.for<[string, object, string]>([
    ['/api/device', {}, '/client_name'],
    ['/api/device', { client_name: 'two\nlines' }, '/client_name'],
    ['/api/device', { client_name: 'x'.repeat(101) }, '/client_name'],
    ['/api/device/token', { device_code: '' }, '/device_code'],
  ])('%s of %j names the field', async ([path, body, pointer]) => {
    const { status, body: problem } = await send(path, body)
    expect(status).toBe(422)
    expect(problem.errors).toMatchObject([{ pointer }])
  })

  test('more than ten a minute from one address, and no others', async () => {
    const address = '198.51.100.7'
    for (let i = 0; i < 10; i++) await start('x', address)
    const refused = await send('/api/device', { client_name: 'x' }, address)
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await start('x', '198.51.100.8')
  })
})
