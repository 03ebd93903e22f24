import { expect, test } from 'vitest'
import type { Role } from '@/lib/context'
import { readDisplay } from '../ui/display'
import { commandsOf, offered } from './commands'
import { places } from './places'

const project = { slug: 'shop', name: 'Shop', isArchived: false }
const projects = [project, { slug: 'bank', name: 'Bank', isArchived: true }]
const of = (role: Role, isArchived = false) =>
  commandsOf({
    project: { ...project, isArchived },
    projects,
    mayCreate: role === 'admin',
    person: { id: 'usr_1', name: null, email: 'a@example.com', role },
    display: readDisplay(() => undefined),
  })
const wordsOf = (role: Role) => of(role).map(({ words }) => words)

test('nobody is offered what they may not do', () => {
  for (const role of ['viewer', 'reviewer'] as const) {
    for (const words of ['Add a webhook', 'Webhooks', 'Audit', 'Deploy a new agent'])
      expect(of(role).filter((one) => one.words === words && one.group !== 'Documentation')).toEqual([])
    expect(wordsOf(role).join()).not.toContain('Export')
  }
  expect(wordsOf('admin')).toContain('Export the audit log as CSV')
  expect(wordsOf('admin')).not.toContain('Invite a person')
  expect(wordsOf('owner')).toContain('Invite a person')
  // as the operator lets them
  expect(wordsOf('admin')).toContain('Make a project')
  expect(wordsOf('owner')).not.toContain('Make a project')
})

test('an archived project offers nothing that it refuses', () => {
  const ids = (isArchived: boolean) => of('owner', isArchived).map(({ id }) => id)
  expect(ids(false)).toEqual(expect.arrayContaining(['deploy', 'key']))
  expect(ids(true)).toEqual(ids(false).filter((id) => id !== 'deploy' && id !== 'key'))
})

test('the project and the looks that are there already are not offered', () => {
  expect(of('viewer').find(({ words }) => words === 'Bank')).toMatchObject({ note: 'archived' })
  expect(wordsOf('viewer')).not.toContain('Shop')
  expect(wordsOf('viewer')).toContain('Theme: Dark')
  expect(wordsOf('viewer')).not.toContain('Theme: System')
})

test('each has an id and each place a key of its own', () => {
  const ids = of('owner').map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(places.map(({ key }) => key)).size).toBe(places.length)
})

test('before anything is typed the first are shown, then what fits with the best group first', () => {
  expect(offered(of('owner'), ' ').map(([group]) => group)).toEqual(['Go to', 'Do', 'Appearance'])
  const found = offered(of('owner'), 'webh')
  expect(found.map(([group]) => group)).toEqual(['Settings', 'Documentation', 'Do'])
  expect(found[0]?.[1].map(({ words }) => words)).toEqual(['Webhooks'])
  expect(offered(of('owner'), 'slack').flatMap(([, of]) => of.map(({ words }) => words))).toEqual([
    'Add a webhook',
  ])
  expect(offered(of('owner'), 'zzz')).toEqual([])
})
