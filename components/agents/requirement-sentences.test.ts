import { describe, expect, it } from 'vitest'
import type { Policy } from '@/lib/agents/schemas'
import { parsePolicy, policyToWire } from '@/lib/policy/parse'
import { requirementSentences } from './requirement-sentences'

/** The sentences of the first entry of a file. */
function sentencesOf(settings: string): string[] {
  const parsed = parsePolicy(`approval:\n  owners: [team-orders]\n  tools:\n    - pay:\n${settings}`)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  const policy = policyToWire(parsed.policy) as Policy
  const [entry] = policy.tools
  return requirementSentences(entry ?? {}, policy.owners ?? [])
}

const line = (text: string) => `        ${text}\n`

describe('what a policy demands of who decides', () => {
  it.each<[string, string, string[]]>([
    ['nothing beyond a reviewer', line('when: param.amount > 1'), []],
    ['two of a group', line('reviewers: {from: finance, approvals: 2}'), ['Needs 2 of finance.']],
    [
      'two of a group, or one person alone',
      line('reviewers: {any_of: [{from: [finance], approvals: 2}, {from: [cfo@acme.eu]}]}'),
      ['Needs 2 of finance, or 1 of cfo@acme.eu.'],
    ],
    [
      'several, each by somebody else',
      line('reviewers: {all_of: [legal, finance]}'),
      ['Needs 1 of legal, and 1 of finance, nobody twice.'],
    ],
    [
      'more than one rejection',
      line('reviewers: {from: board, approvals: 2, rejections: 2}'),
      ['Needs 2 of board.', 'It takes 2 of board to reject.'],
    ],
    [
      'owners of the agent',
      line('reviewers: agent:owners'),
      ['Needs 1 of the agent’s owners.', 'The agent’s owners are team-orders.'],
    ],
    [
      'who may not, and that they say why',
      line('self_approval: never') + line('exclude: [deployer, editor]') + line('reason: required'),
      [
        'May not decide: whoever the run acts for, whoever deployed this version, whoever changed the params.',
        'Whoever decides has to say why.',
      ],
    ],
    [
      'escalations and the deadline',
      line('escalate: [{after: 50%, to: [leads]}, {after: 2700, to: ["role:admin"]}]') +
        line('max_extension: 7200'),
      [
        'After 50% of the time leads may decide too.',
        'After 45 min the admins may decide too.',
        'The deadline can be moved by 2 h in all.',
      ],
    ],
    [
      'edits, justification, repeats',
      line('edit: [amount, /items/*/qty]') + line('justification: required') + line('repeat: refuse'),
      [
        'A reviewer may change amount, /items/*/qty before approving.',
        'The agent has to say why it asks.',
        'What a person rejected is refused when the run asks for the same again.',
      ],
    ],
  ])('%s', (_name, settings, sentences) => {
    expect(sentencesOf(settings)).toEqual(sentences)
  })

  it('names what cannot be seen in a name', () => {
    const reviewers = { any_of: [{ from: ['a\u202e@b.c'], approvals: 1, rejections: 1 }] }
    expect(requirementSentences({ reviewers }, [])).toEqual(['Needs 1 of a⟨U+202E⟩@b.c.'])
  })
})
