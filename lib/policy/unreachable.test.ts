import { expect, it } from 'vitest'
import { parsePolicy } from './parse'
import type { Person } from './people'
import { warnOfPeople } from './unreachable'

const person = (id: string, role: Person['role'], ...groups: string[]): Person => ({
  id,
  email: `${id}@acme.eu`,
  name: null,
  role,
  groups,
})
const people = new Map(
  [
    person('ann', 'reviewer', 'finance'),
    person('ben', 'admin', 'finance', 'legal'),
    person('vic', 'viewer', 'finance', 'leads'),
  ].map((one) => [one.id, one]),
)
const groups = new Set(['finance', 'legal', 'leads'])

function warnings(lines: string, deployer: string | null = null): string[] {
  const parsed = parsePolicy(`approval:\n  tools:\n    - pay\n    - drop\n  ${lines}\n`)
  if (!parsed.ok) throw new Error(parsed.errors[0]?.detail)
  const told = warnOfPeople(parsed.policy, parsed.people, people, groups, deployer)
  return told.map(({ code, message, line, column }) => `${line}:${column} ${code} ${message}`)
}

it.each([
  ['reviewers: {from: finance, approvals: 2}'],
  ['reviewers: [Ann@acme.eu, legal]'],
  ['reviewers: {any_of: [leads, finance]}'],
  ['reviewers: {all_of: [finance, legal]}'],
  ['reviewers: "role:admin"'],
  ['reviewers: agent:owners\n  owners: legal'],
  ['exclude: editor'],
  ['timeout: 60'],
])('%s can be met', (lines) => {
  expect(warnings(lines)).toEqual([])
})

it.each<[string, string, string | null, string[]]>([
  [
    'a group that is not there, once for all entries',
    'reviewers: [finance, sales]\n  escalate: [{after: 50%, to: sales}]',
    null,
    ['5:24 unknown_group there is no group `sales` in this project'],
  ],
  [
    'an address that is nobody’s',
    'reviewers: [finance, cfo@acme.eu]',
    null,
    ['5:24 unknown_member `cfo@acme.eu` is no member of this project'],
  ],
  [
    'viewers alone',
    'reviewers: leads',
    null,
    ['5:14 unreachable_requirement nobody could decide on `pay`: It takes 1 of leads (0 can decide).'],
  ],
  [
    'one too few',
    'reviewers: {any_of: [{from: finance, approvals: 3}, {from: "role:admin", approvals: 2}]}',
    null,
    [
      '5:14 unreachable_requirement nobody could decide on `pay`: It takes 3 of finance (2 can decide) or 2 of the admins (1 can decide).',
    ],
  ],
  [
    'one person for two places',
    'reviewers: {all_of: [legal, "role:admin"]}',
    null,
    [
      '5:14 unreachable_requirement nobody could decide on `pay`: It takes 1 of legal (1 can decide) and 1 of the admins (1 can decide), nobody twice.',
    ],
  ],
  [
    'the deployer, who is excluded',
    'exclude: deployer\n  reviewers: legal',
    'ben',
    ['6:14 unreachable_requirement nobody could decide on `pay`: It takes 1 of legal (0 can decide).'],
  ],
  [
    'owners who are nobody',
    'reviewers: agent:owners',
    null,
    [
      "5:14 unreachable_requirement nobody could decide on `pay`: It takes 1 of the agent's owners (0 can decide).",
    ],
  ],
])('warns of %s', (_name, lines, deployer, expected) => {
  expect(warnings(lines, deployer)).toEqual(expected)
})
