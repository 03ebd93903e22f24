import type { Approval } from '@/lib/client/approval'
import { summarizeParams } from '@/lib/untrusted/params'
import { oneLine } from './printer'

/** `in 12 min`, `3 h ago`: how far a moment is from another. */
export function distance(moment: string, now: number): string {
  const ms = new Date(moment).getTime() - now
  const [count, unit] = rounded(Math.abs(ms) / 1000)
  if (unit === 's' && count < 2) return 'now'
  return ms > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`
}

function rounded(seconds: number): [number, string] {
  if (seconds < 90) return [Math.round(seconds), 's']
  if (seconds < 90 * 60) return [Math.round(seconds / 60), 'min']
  if (seconds < 36 * 3600) return [Math.round(seconds / 3600), 'h']
  return [Math.round(seconds / 86_400), 'days']
}

/** What became of a call, in one line. */
export function outcomeWords(approval: Approval): string {
  const { status, decision, decided_at: at } = approval
  if (status === 'pending') return 'It waits for a person.'
  const when = at ? ` at ${at}` : ''
  if (decision && (status === 'approved' || status === 'rejected')) {
    const { reviewer, reason } = decision
    const what = decision.decision === 'request_changes' ? 'sent back for changes' : status
    const who = reviewer.name
      ? `${oneLine(reviewer.name, 80)} <${oneLine(reviewer.email)}>`
      : oneLine(reviewer.email)
    return `It was ${what} by ${who}${when}${reason ? `: ${oneLine(reason, 500)}` : '.'}`
  }
  if (status === 'expired') return `Nobody decided until its deadline, ${at ?? approval.expires_at}.`
  return `It was withdrawn${when}.`
}

/** Who has to decide, how far that has come, and who has said what, where the policy says who. */
export function voteLines({ progress, reviews, assignee, can_decide: mine, status }: Approval): string[] {
  const seats = reviews.map(({ decision, reviewer, reason, why_not: whyNot }) => {
    const words = decision.replace('_', ' ')
    return `${oneLine(reviewer.email)}: ${words}${reason ? `, ${oneLine(reason, 300)}` : ''}${whyNot ? ` (does not count: ${oneLine(whyNot, 200)})` : ''}`
  })
  return [
    ...(progress ? [`so far ${oneLine(progress.text, 500)}`] : []),
    ...seats,
    ...(assignee ? [`${oneLine(assignee.email)} takes care of it`] : []),
    ...(status === 'pending' && mine?.allowed === false
      ? [`you may not decide: ${oneLine(mine.message ?? '', 300)}`]
      : []),
  ]
}

/** The call on one line: tool and params. */
export function callLine(approval: Approval, maxCharacters = 120): string {
  return `${oneLine(approval.tool)} ${summarizeParams(approval.params, maxCharacters)}`
}

/** Why it is held. */
export function ruleWords({ rule, tool }: Approval): string {
  const entry = rule.tool === tool ? '' : ` by ${oneLine(rule.tool)}`
  if (rule.outcome === 'always') return `always held${entry}`
  const condition = oneLine(rule.condition ?? '', 400)
  if (rule.outcome === 'true') return `held${entry}, since ${condition}`
  return `held${entry}, since this could not be evaluated: ${condition} (${oneLine(rule.detail ?? '', 300)})`
}
