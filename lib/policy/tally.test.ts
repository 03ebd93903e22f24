import { describe, expect, it } from 'vitest'
import { escalationsOf, nextEscalation } from './escalations'
import { eligibilityOf, poolNames, type AskedCall, type Person } from './people'
import { askedWords, needsWords, progressWords, waitingWords } from './requirement-words'
import { tally, type Vote } from './tally'
import type { Clause, Terms } from './terms'
import { readTerms, termsText } from './terms-text'

const t0 = new Date('2026-11-23T10:00:00Z')
const after = (seconds: number) => new Date(t0.getTime() + seconds * 1000)

const person = (id: string, ...groups: string[]): Person => ({
  id,
  email: `${id}@acme.eu`,
  name: null,
  role: 'reviewer',
  groups,
})
const members = (...all: Person[]) => new Map(all.map((one) => [one.id, one]))
const people = members(
  person('ann', 'finance'),
  person('ben', 'finance'),
  person('cem', 'finance', 'legal'),
  person('cfo'),
  person('dora', 'leads'),
  { ...person('eva'), role: 'admin' },
  { ...person('vic', 'finance'), role: 'viewer' },
)
const asked: AskedCall = {
  requestedAt: t0,
  digest: 'sha256:a',
  allowOwnRequest: false,
  parties: { initiator: 'INI@acme.eu', deployer: 'dep', editors: [], keyCreator: null },
}
const clause = (from: string | string[], approvals = 1, rejections = 1): Clause => ({
  from: [from].flat(),
  approvals,
  rejections,
})
const rule = (rest: Partial<Terms['rules'][number]> = {}) => ({ tool: 'pay', condition: null, ...rest })
const refund: Terms = {
  rules: [
    rule({
      any_of: [clause('finance', 2), clause('cfo@acme.eu')],
      escalate: [{ after: 1800, to: ['leads'] }],
    }),
  ],
}

/** `ann+`, `ben-`, `cem?` (asks for changes), `ann~` (takes back), `eva+ben` (on Ben's seat), in this order. */
function votes(...acts: string[]): Vote[] {
  return acts.map((act, at) => {
    const [, who = '', sign = '', seat = ''] = /^(\w+)([-+?~])(\w*)$/.exec(act) ?? []
    const decision = ({ '+': 'approve', '-': 'reject', '?': 'request_changes', '~': 'withdraw' } as const)[
      sign
    ]
    if (!decision) throw new Error(act)
    return {
      id: `dec_${String(at).padStart(3, '0')}`,
      reviewerId: who,
      seatId: seat || who,
      decision,
      digest: asked.digest,
      at: after(at),
    }
  })
}

const statusOf = (terms: Terms | null, ...acts: string[]) =>
  tally(terms, asked, votes(...acts), people, after(60)).status

describe('what votes come to', () => {
  const dbas: Terms = { rules: [rule(), rule({ any_of: [clause('finance', 2)] })] }
  const both: Terms = { rules: [rule({ all_of: [clause('finance'), clause('legal')] })] }
  const two: Terms = { rules: [rule({ any_of: [clause('finance')] }), rule({ any_of: [clause('legal')] })] }
  const soft: Terms = { rules: [rule({ any_of: [clause('finance', 2, 2), clause('cfo@acme.eu')] })] }
  it.each<[name: string, terms: Terms | null, acts: string[], status: string]>([
    ['nobody', refund, [], 'pending'],
    ['no terms: one reviewer', null, ['dora+'], 'approved'],
    ['no terms: one rejection', null, ['dora-'], 'rejected'],
    ['no terms: a viewer', null, ['vic+'], 'pending'],
    ['one of two', refund, ['ann+'], 'pending'],
    ['two of two', refund, ['ann+', 'ben+'], 'approved'],
    ['the alternative alone', refund, ['cfo+'], 'approved'],
    ['one each of two alternatives', refund, ['ann+', 'dora+'], 'pending'],
    ['the same person twice', refund, ['ann+', 'ann+'], 'pending'],
    ['a viewer of the group', refund, ['ann+', 'vic+'], 'pending'],
    ['who is not a member', refund, ['ann+', 'zoe+'], 'pending'],
    ['taken back', refund, ['ann+', 'ben+', 'ann~'], 'pending'],
    ['taken back and given again', refund, ['ann+', 'ann~', 'ann+', 'ben+'], 'approved'],
    ['one rejection ends it', refund, ['ann+', 'ben-'], 'rejected'],
    ['a rejection of nobody asked', refund, ['dora-'], 'pending'],
    ['a rejection that was changed', refund, ['ann-', 'ann+', 'ben+'], 'approved'],
    ['changes asked for', refund, ['ann?'], 'rejected'],
    ['changes asked for where two rejections are needed', soft, ['ann?'], 'rejected'],
    ['one of two rejections', soft, ['ann-'], 'pending'],
    ['two of two close their clause only', soft, ['ann-', 'ben-'], 'pending'],
    ['and the other one still decides', soft, ['ann-', 'ben-', 'cfo+'], 'approved'],
    ['a closed clause is met no more', soft, ['ann-', 'ben-', 'cem+'], 'pending'],
    ['its own rejection ends it', soft, ['cfo-'], 'rejected'],
    ['all of: one person in both groups', both, ['cem+'], 'pending'],
    ['all of: makes room for the other', both, ['cem+', 'ann+'], 'approved'],
    ['all of: the other way round', both, ['ann+', 'cem+'], 'approved'],
    ['all of: two of one', both, ['ann+', 'ben+'], 'pending'],
    ['two rules: one person in both', two, ['cem+'], 'approved'],
    ['two rules: one of them', two, ['ann+'], 'pending'],
    ['a rule without reviewers before the strict one', dbas, ['ann+'], 'pending'],
    ['is met with it', dbas, ['ann+', 'ben+'], 'approved'],
    ['on another seat', refund, ['ann+', 'eva+ben'], 'approved'],
    ['a person and who sits in for them', refund, ['ben+', 'eva+ben'], 'pending'],
    ['the later of both', refund, ['eva-ben', 'ben+', 'ann+'], 'approved'],
    ['one human on two seats', refund, ['cem+ben', 'cem+'], 'pending'],
  ])('%s', (_name, terms, acts, status) => {
    expect(statusOf(terms, ...acts)).toBe(status)
  })

  it('counts what was given on the params in force', () => {
    const [first, second] = votes('ann+', 'ben+')
    if (!first || !second) throw new Error('no votes')
    const counted = tally(refund, asked, [{ ...first, digest: 'sha256:old' }, second], people, after(60))
    expect(counted.status).toBe('pending')
    expect(Object.fromEntries(counted.whyNot)).toEqual({
      dec_000: 'was given on other params',
      dec_001: null,
    })
  })

  it('counts nobody who has left, may no longer decide, or left the group', () => {
    const without = (change: (one: Person) => Person | null) => {
      const now = [...people.values()].map((one) => (one.id === 'ann' ? change(one) : one))
      const counted = tally(
        refund,
        asked,
        votes('ann+', 'ben+'),
        members(...now.flatMap((one) => one ?? [])),
        t0,
      )
      return [counted.status, counted.whyNot.get('dec_000')]
    }
    expect(without((one) => one)).toEqual(['approved', null])
    expect(without(() => null)).toEqual(['pending', 'no longer a member'])
    expect(without((one) => ({ ...one, role: 'viewer' }))).toEqual(['pending', 'no longer a reviewer'])
    expect(without((one) => ({ ...one, groups: [] }))).toEqual([
      'pending',
      'is not, or no longer, among those who are asked',
    ])
  })

  it('counts whom an escalation asks from its time on, and not a moment before', () => {
    const at = (ms: number) => tally(refund, asked, votes('dora+', 'ann+'), people, new Date(ms)).status
    expect(at(after(1800).getTime() - 1)).toBe('pending')
    expect(at(after(1800).getTime())).toBe('approved')
  })

  it('counts no seat and no voter who is excluded', () => {
    const terms: Terms = { ...refund, exclude: ['deployer', 'editor'] }
    const status = (editors: string, ...acts: string[]) => {
      const call = { ...asked, parties: { ...asked.parties, editors: editors.split(' ') } }
      return tally(terms, call, votes(...acts), people, t0).status
    }
    expect(status('ann', 'ann+', 'ben+')).toBe('pending')
    expect(status('eva', 'ann+', 'eva+ben')).toBe('pending')
    expect(status('ben', 'ann+', 'eva+ben')).toBe('pending')
    expect(status('cem', 'ann+', 'ben+')).toBe('approved')
    expect(status('ann cem', 'ann+', 'ben+')).toBe('pending')
  })
})

describe('who may decide', () => {
  const judge = (
    id: string,
    terms: Terms | null,
    call = asked,
    absences: [string, string][] = [],
    now = t0,
  ) =>
    eligibilityOf(
      id,
      terms,
      call,
      people,
      absences.map(([personId, delegateId]) => ({ personId, delegateId })),
      now,
    )
  const by = (initiator: string, allowOwnRequest = false): AskedCall => ({
    ...asked,
    allowOwnRequest,
    parties: { initiator, deployer: 'ann', editors: ['ben'], keyCreator: 'cem' },
  })

  it('asks groups, addresses and roles, and no viewer', () => {
    expect(judge('ann', refund)).toEqual({ allowed: true, seatId: 'ann' })
    expect(judge('cfo', refund)).toEqual({ allowed: true, seatId: 'cfo' })
    expect(judge('dora', refund)).toEqual({
      allowed: false,
      because: 'not_a_reviewer',
      standsForExcluded: false,
    })
    expect(judge('dora', refund, asked, [], after(1800))).toEqual({ allowed: true, seatId: 'dora' })
    expect(judge('vic', refund)).toEqual({ allowed: false, because: 'forbidden' })
    expect(judge('zoe', refund)).toEqual({ allowed: false, because: 'forbidden' })
    const admins: Terms = {
      rules: [rule({ any_of: [clause(['role:admin', 'agent:owners'])] })],
      owners: ['leads'],
    }
    expect(judge('eva', admins)).toEqual({ allowed: true, seatId: 'eva' })
    expect(judge('dora', admins)).toEqual({ allowed: true, seatId: 'dora' })
    expect(judge('ann', admins)).toEqual({
      allowed: false,
      because: 'not_a_reviewer',
      standsForExcluded: false,
    })
    expect(poolNames(admins, t0, t0)).toEqual(['role:admin', 'leads'])
    expect(poolNames(refund, t0, after(1800))).toEqual(['finance', 'leads', 'cfo@acme.eu'])
    expect(poolNames(null, t0, t0)).toBeNull()
  })

  it('refuses the initiator where project or policy say so', () => {
    const own = { allowed: false, because: 'own_request' }
    const yes = { allowed: true, seatId: 'ann' }
    expect(judge('ann', null, by('Ann@ACME.eu'))).toEqual(own)
    expect(judge('ann', null, by('ann@acme.eu', true))).toEqual(yes)
    expect(judge('ann', { ...refund, self_approval: 'never' }, by('ann@acme.eu', true))).toEqual(own)
    expect(judge('ann', { ...refund, exclude: ['initiator'] }, by('ann@acme.eu', true))).toEqual(own)
    expect(judge('ann', refund, by('cfo@acme.eu'))).toEqual(yes)
  })

  it('refuses others who had a part in the call only where they are excluded', () => {
    const all: Terms = { ...refund, exclude: ['deployer', 'editor', 'key_creator'] }
    for (const [id, exclusion] of [
      ['ann', 'deployer'],
      ['ben', 'editor'],
      ['cem', 'key_creator'],
    ] as const) {
      expect(judge(id, all, by(''))).toEqual({ allowed: false, because: 'excluded', exclusion })
      expect(judge(id, refund, by(''))).toEqual({ allowed: true, seatId: id })
    }
  })

  it('lets one sit in for the absent, one step deep, and for nobody who is excluded', () => {
    expect(judge('dora', refund, asked, [['ben', 'dora']])).toEqual({ allowed: true, seatId: 'ben' })
    expect(judge('ann', refund, asked, [['ben', 'ann']])).toEqual({ allowed: true, seatId: 'ann' })
    const several: [string, string][] = [
      ['cem', 'dora'],
      ['eva', 'dora'],
      ['ben', 'dora'],
    ]
    expect(judge('dora', refund, asked, several)).toEqual({ allowed: true, seatId: 'ben' })
    const chain: [string, string][] = [
      ['ben', 'eva'],
      ['eva', 'dora'],
    ]
    expect(judge('dora', refund, asked, chain)).toEqual({
      allowed: false,
      because: 'not_a_reviewer',
      standsForExcluded: false,
    })
    expect(judge('dora', refund, by('dora@acme.eu'), [['ben', 'dora']])).toEqual({
      allowed: false,
      because: 'own_request',
    })
    expect(judge('dora', refund, by('ben@acme.eu'), [['ben', 'dora']])).toEqual({
      allowed: false,
      because: 'not_a_reviewer',
      standsForExcluded: true,
    })
    expect(judge('vic', refund, asked, [['ben', 'vic']])).toEqual({ allowed: false, because: 'forbidden' })
  })
})

describe('in words', () => {
  const words = (terms: Terms | null, ...acts: string[]) => {
    const counted = tally(terms, asked, votes(...acts), people, after(60))
    return [progressWords(counted), waitingWords(counted), needsWords(counted)]
  }
  const both: Terms = { rules: [rule({ all_of: [clause('finance', 2), clause(['legal', 'role:admin'])] })] }

  it('says what came and what is missing', () => {
    expect(words(refund)).toEqual([
      '0 of 2 from finance or 0 of 1 from cfo@acme.eu',
      'Waiting for 2 of finance or 1 of cfo@acme.eu.',
      'Needs 2 of finance or 1 of cfo@acme.eu.',
    ])
    expect(words(refund, 'ann+')).toEqual([
      '1 of 2 from finance',
      'Waiting for 1 more of finance.',
      'Needs 1 more of finance or cfo@acme.eu.',
    ])
    expect(words(both, 'ann+')).toEqual([
      '1 of 2 from finance and 0 of 1 from legal or the admins',
      'Waiting for 1 more of finance and 1 more of legal or the admins.',
      'Needs 1 more of finance and 1 more of legal or the admins.',
    ])
    expect(words(null)).toEqual([
      '0 of 1 from the reviewers',
      'Waiting for 1 of the reviewers.',
      'Needs 1 of the reviewers.',
    ])
    expect(words(refund, 'cfo+')).toEqual([
      '1 of 1 from cfo@acme.eu',
      'Waiting for the next vote.',
      'Nothing is missing.',
    ])
    expect(askedWords(refund, t0, t0)).toBe('Needs someone of finance or cfo@acme.eu.')
  })

  it('says an escalation once its time has come', () => {
    expect(escalationsOf(refund, t0, t0)).toEqual([{ at: after(1800), to: ['leads'], reached: false }])
    expect(nextEscalation(refund, t0, t0)).toEqual(after(1800))
    expect(nextEscalation(refund, t0, after(1800))).toBeNull()
    expect(askedWords(refund, t0, after(1800))).toBe('Needs someone of finance or leads or cfo@acme.eu.')
  })

  it('keeps terms as one text, and reads no half ones', () => {
    const text = termsText(refund)
    expect(readTerms(text)).toEqual(refund)
    expect(text?.startsWith('{"rules":[{"any_of":[{"approvals":2,')).toBe(true)
    expect(termsText(null)).toBeNull()
    expect(readTerms(null)).toBeNull()
    expect(() => readTerms('{"exclude":["deployer"]}')).toThrow()
  })
})

/** Of a seed, the same numbers each time (Mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** What the votes come to, by trying every way to put people on places. */
function byForce(terms: Terms, given: Vote[], all: Map<string, Person>, banned: string): string {
  const onSeat = new Map<string, Vote>()
  for (const vote of given.filter(({ digest }) => digest === asked.digest)) {
    for (const [seat, other] of onSeat) if (other.reviewerId === vote.reviewerId) onSeat.delete(seat)
    onSeat.set(vote.seatId, vote)
  }
  const standing = [...onSeat.values()].filter(({ reviewerId, seatId }) =>
    [reviewerId, seatId].every((id) => id !== banned && (all.get(id)?.role ?? 'viewer') !== 'viewer'),
  )
  const inClause = (clause: Clause, kinds: string[]) =>
    standing
      .filter(({ decision }) => kinds.includes(decision))
      .map(({ seatId }) => seatId)
      .filter((id) => clause.from.some((name) => all.get(id)?.groups.includes(name)))
  const ways = (places: Clause[], taken: string[]): boolean => {
    const [place, ...others] = places
    if (!place) return true
    const free = inClause(place, ['approve']).filter((id) => !taken.includes(id))
    return free.some((id) => ways(others, [...taken, id]))
  }
  const noes = (clause: Clause) => inClause(clause, ['reject', 'request_changes']).length
  const places = (clauses: Clause[]) => clauses.flatMap((one) => Array<Clause>(one.approvals).fill(one))
  let isMet = true
  for (const { any_of, all_of } of terms.rules) {
    const clauses = any_of ?? all_of ?? []
    if (clauses.some((one) => inClause(one, ['request_changes']).length > 0)) return 'rejected'
    if (clauses.some((one) => one.rejections === 1 && noes(one) > 0)) return 'rejected'
    const open = clauses.filter((one) => noes(one) < one.rejections)
    if (all_of ? open.length < clauses.length : open.length === 0) return 'rejected'
    if (all_of ? !ways(places(all_of), []) : !open.some((one) => ways(places([one]), []))) isMet = false
  }
  return isMet ? 'approved' : 'pending'
}

it('equals trying every way to put people on places, in 10,000 random cases of up to 6 people and 4 places', () => {
  const random = randomOf(7)
  const groups = ['a', 'b', 'c']
  const seen = { pending: 0, approved: 0, rejected: 0 }
  for (let at = 0; at < 10_000; at++) {
    const ids = Array.from({ length: 1 + random(6) }, (_, i) => `p${i}`)
    const all = new Map(
      ids
        .filter(() => random(12) > 0)
        .map((id) => {
          const one = person(id, ...groups.filter(() => random(2) === 0))
          return [id, { ...one, role: random(10) === 0 ? ('viewer' as const) : one.role }]
        }),
    )
    const rules = Array.from({ length: 1 + random(2) }, () => {
      let left = 4
      const clauses: Clause[] = []
      while (left > 0 && (clauses.length === 0 || random(2) === 0)) {
        const approvals = 1 + random(Math.min(left, 3))
        left -= approvals
        clauses.push(clause([groups[random(3)] ?? 'a', groups[random(3)] ?? 'a'], approvals, 1 + random(3)))
      }
      return rule(random(2) === 0 ? { any_of: clauses } : { all_of: clauses })
    })
    const terms: Terms = { rules, exclude: ['deployer'] }
    const given = Array.from({ length: random(9) }, (_, i): Vote => {
      const reviewerId = ids[random(ids.length)] ?? 'p0'
      const decisions = ['approve', 'approve', 'approve', 'approve', 'withdraw', 'reject'] as const
      return {
        id: `dec_${i}`,
        reviewerId,
        seatId: random(4) === 0 ? (ids[random(ids.length)] ?? 'p0') : reviewerId,
        decision: random(40) === 0 ? 'request_changes' : (decisions[random(6)] ?? 'approve'),
        digest: random(10) === 0 ? 'sha256:old' : asked.digest,
        at: after(random(3) === 0 ? 0 : i),
      }
    }).toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
    const banned = random(4) === 0 ? (ids[0] ?? '') : ''
    const call = { ...asked, parties: { ...asked.parties, deployer: banned } }
    const { status } = tally(terms, call, given, all, after(60))
    const expected = byForce(terms, given, all, banned)
    if (status !== expected)
      expect({ status, terms, given, all: [...all], banned }).toEqual({ status: expected })
    seen[status]++
  }
  // each outcome comes often enough to be tried
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(500)
})
