import type { SeenApproval } from '@/lib/approvals/schemas'
import { needsWords } from '@/lib/policy/requirement-words'
import type { RuleCount } from '@/lib/policy/tally'

type Asked = Pick<SeenApproval, 'requirement' | 'progress'>

/** What is still needed, in words: "Needs 1 more of finance." Empty where the policy does not say who decides. */
export function needsOf({ requirement, progress }: Asked): string {
  if (requirement === null || progress === null) return ''
  return needsWords({ status: 'pending', rules: countsOf(requirement, progress), whyNot: new Map() })
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
