import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Database } from '@/db/client'
import { listSetAside } from '@/db/queries/set-aside'
import { openTestDatabase } from '@/lib/testing/open-database'
import { makeTestProject } from '@/lib/testing/project'
import { setAside } from '@/lib/work/set-aside'
import { findCommand } from './admin-commands'

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
})
afterAll(() => close())

describe('key create', () => {
  test.each([
    ['run', []],
    ['deploy,read', []],
    ['run,deploy', [expect.stringMatching(/can loosen the very policy/)]],
  ])('--scope %s prints one object, and warns apart from it', async (scope, warnings) => {
    const { project } = await makeTestProject(db)
    const command = findCommand(['key', 'create', '--project', project.slug, '--name', 'k', '--scope', scope])
    const answer = await command({ db, appUrl: 'http://localhost:3000', authSecret: () => '' })
    expect(answer).toEqual({
      value: { key: { id: expect.any(String), prefix: expect.any(String) }, token: expect.any(String) },
      warnings,
    })
  })

  test('needs its scopes named', () => {
    expect(() => findCommand(['key', 'create', '--project', 'p', '--name', 'k'])).toThrow(
      '--scope is missing',
    )
  })
})

describe('aside', () => {
  test('list shows what is set aside, retry has it tried at once', async () => {
    const log = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await setAside(db, 'search', { id: 'apr_1', projectId: 'prj_1' }, new RangeError('too long'))
    log.mockRestore()
    const run = async (word: string) =>
      (await findCommand(['aside', word])({ db, appUrl: 'http://localhost:3000', authSecret: () => '' }))
        .value
    const at = expect.any(Date) as Date
    const row = {
      kind: 'search',
      id: 'apr_1',
      project_id: 'prj_1',
      error: 'RangeError: too long',
      at,
      retry_at: at,
    }
    expect(await run('list')).toEqual({ set_aside: [{ ...row, tries: 1 }] })
    expect(await listSetAside(db, 'search')).toEqual(['apr_1'])
    expect(await run('retry')).toEqual({ retried: 1 })
    expect(await listSetAside(db, 'search')).toEqual([])
  })
})

describe('audit verify', () => {
  const verify = async (...args: string[]) => {
    const answer = await findCommand(['audit', 'verify', ...args])({
      db,
      appUrl: 'http://localhost:3000',
      authSecret: () => '',
    })
    return answer as {
      value: { ok: boolean; head: string; checked: number; heads: unknown[] }
      isBad: boolean
    }
  }

  test('compares the chain with a head, or with a file of them, and fails where it is another', async () => {
    const { project } = await makeTestProject(db)
    const named = ['--project', project.slug]
    const plain = await verify(...named)
    expect(plain).toMatchObject({ value: { ok: true, heads: [] }, isBad: false })
    const { checked, head } = plain.value
    const file = join(await mkdtemp(join(tmpdir(), 'heads-')), 'heads.txt')
    await writeFile(file, `${checked}:${head}\n\n1:${'0'.repeat(64)}\n`)
    expect(await verify(...named, '--head', `${checked}:${head}`)).toMatchObject({
      value: { heads: [{ seq: checked, matches: true }] },
      isBad: false,
    })
    expect(await verify(...named, '--head', file)).toMatchObject({
      value: { ok: false, heads: [{ matches: true }, { seq: 1, matches: false }] },
      isBad: true,
    })
    await expect(verify(...named, '--head', '/nowhere')).rejects.toThrow('neither SEQ:HASH nor a file')
  })
})

describe('pause and resume', () => {
  test('stop an agent or all of a project from the terminal, with a reason or without', async () => {
    const { project, ask } = await makeTestProject(db)
    const run = async (word: string, ...args: string[]) => {
      const command = findCommand([word, '--project', project.slug, ...args])
      return (await command({ db, appUrl: 'http://localhost:3000', authSecret: () => '' })).value
    }
    const paused = { at: expect.any(String) as string, by: expect.any(String) as string }
    const agent = ['--agent', 'tester']
    expect(await run('pause', ...agent, '--reason', 'Nonsense at three.')).toEqual({
      agent: 'tester',
      paused: { ...paused, reason: 'Nonsense at three.' },
    })
    await expect(ask()).rejects.toMatchObject({ code: 'agent_paused' })
    expect(await run('resume', ...agent)).toEqual({ agent: 'tester', paused: null })
    expect((await ask()).status).toBe('pending')
    expect(await run('pause')).toMatchObject({ project: project.slug, paused })
    await expect(ask()).rejects.toMatchObject({ code: 'agent_paused' })
    expect(await run('resume', '--reason', 'Mended.')).toEqual({ project: project.slug, paused: null })
    expect((await ask()).status).toBe('pending')
    await expect(run('pause', '--agent', 'nobody')).rejects.toMatchObject({ code: 'not_found' })
  })
})
