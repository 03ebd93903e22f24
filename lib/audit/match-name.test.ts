import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/ids'
import { matchName, type AuditName } from './match-name'

const of = (id: string, kind: AuditName['kind'], name: string, also: string | null = null): AuditName => ({
  id,
  kind,
  name,
  also,
  acts: true,
})
const reviewer = of('usr_1', 'person', 'Reviewer Person', 'reviewer@example.com')
const names = [
  reviewer,
  of('usr_2', 'person', 'Ana Ruiz', 'ana@example.com'),
  of('usr_3', 'person', 'Ana Ruiz', 'ana.ruiz@example.org'),
  of('key_1', 'key', 'Order agent'),
  of('holdpoint', 'system', 'Holdpoint'),
]
const unknownId = newId('user')

describe('whom a text means', () => {
  it.each([
    ['Reviewer', 'none', ['usr_1']],
    ['revewer', 'none', ['usr_1']],
    ['Ana', 'none', ['usr_2', 'usr_3']],
    ['nobody at all', 'none', []],
    ['usr_4', 'none', []],
    ['ana ruiz', 'several', ['usr_2', 'usr_3']],
  ])('%s: %s', (text, is, ids) => {
    const found = matchName(names, text)
    expect(found.is).toBe(is)
    expect(found.is !== 'one' && found.others.map(({ id }) => id)).toEqual(ids)
  })

  it.each([
    ['reviewer PERSON ', 'usr_1'],
    ['Ana@example.com', 'usr_2'],
    ['order agent', 'key_1'],
    ['holdpoint', 'holdpoint'],
    ['usr_3', 'usr_3'],
    [unknownId, unknownId],
  ])('%s is one', (text, id) => expect(matchName(names, text)).toMatchObject({ is: 'one', id }))
})
