import type { SeenApproval } from '@/lib/approvals/schemas'

type Asked = Pick<SeenApproval, 'requirement' | 'progress'>

/** So many votes are missing on the shortest way to an approval; 0 where the policy does not say who decides. */
export function openSeats({ requirement, progress }: Asked): number {
  if (requirement === null || progress === null) return 0
  const missing = requirement.rules.map((rule, at) => {
    const count = progress.rules[at]
    if (!count || count.met) return 0
    const seats = count.clauses.map(({ needed, approvals }) => needed - approvals)
    return rule.all_of ? seats.reduce((sum, one) => sum + one, 0) : Math.min(...seats)
  })
  return Math.max(0, ...missing)
}
