import { needsWords } from '@/lib/policy/requirement-words'
import type { RuleCount } from '@/lib/policy/tally'
import type { Approval } from './schemas'

type Asked = Pick<Approval, 'requirement' | 'progress'>

/** What is still needed, in words: "Needs 1 more of finance." Empty where the policy does not say who decides. */
export function needsOf({ requirement, progress }: Asked): string {
  if (requirement === null || progress === null) return ''
  return needsWords({ status: 'pending', rules: countsOf(requirement, progress), whyNot: new Map() })
}

/** The same with how far it has come, where somebody approved: for those who are told and do not see the votes. */
export function needsAndProgressOf({ requirement, progress }: Asked): string {
  const needs = needsOf({ requirement, progress })
  const isBegun =
    progress?.rules.some(({ clauses }) => clauses.some(({ approvals }) => approvals > 0)) ?? false
  return isBegun ? `${needs} Approved so far: ${progress?.text ?? ''}.` : needs
}

function countsOf(
  requirement: NonNullable<Asked['requirement']>,
  progress: NonNullable<Asked['progress']>,
): RuleCount[] {
  const also = requirement.escalate.filter(({ reached }) => reached).flatMap(({ to }) => to)
  return requirement.rules.map(({ rule, any_of: anyOf, all_of: allOf }, at) => ({
    rule,
    mode: allOf ? 'all_of' : 'any_of',
    met: progress.rules[at]?.met ?? false,
    clauses: (allOf ?? anyOf ?? []).map(({ from }, index) => {
      const count = progress.rules[at]?.clauses[index]
      return {
        names: [...new Set([...from, ...also])],
        approvals: count?.approvals ?? 0,
        needed: count?.needed ?? 0,
        rejections: 0,
        isClosed: false,
      }
    }),
  }))
}
