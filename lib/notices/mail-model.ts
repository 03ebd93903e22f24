import type { ApprovalRecord } from '@/db/queries/approvals'
import { needsAndProgressOf } from '@/lib/approvals/needs'
import { votingToWire } from '@/lib/approvals/voting'
import { readJson } from '@/lib/json/read'
import { approvalUrl, pages, type LinkBase } from '@/lib/paths'
import { mailParams, type MailParams } from './mail-params'
import { deadlineWords, hasUnlinked, mailText, subjectText } from './mail-text'
import type { ApprovalNoticeKind } from './schemas'

export type MailFact = {
  label: string
  value: string
  /** `code` is set in the font of code; `agent` are the agent's own words. */
  look?: 'code' | 'agent'
}

/** One approval in a mail: plain text throughout, still to be escaped for HTML. */
export type MailApproval = {
  tool: string
  /** What a reminder reminds of. */
  reminder: string | null
  facts: MailFact[]
  params: MailParams
  after: MailFact[]
  url: string
}

/** A mail about approvals; HTML and plain text are two ways to write the same model. */
export type MailModel = {
  subject: string
  preview: string
  title: string
  intro: string
  approvals: MailApproval[]
  /** What else waits and had no room. */
  more: { words: string; url: string } | null
  legend: string | null
  footer: string
}

export type MailInput = {
  project: { name: string; slug: string }
  appUrl: string
  address: string
  /** `cues`: what is not to be overlooked, in sentences. */
  items: { approval: ApprovalRecord; kind: ApprovalNoticeKind; cues?: readonly string[] }[]
  /** Approvals that wait too and are not in `items`. */
  moreCount: number
}

const reminderWords = {
  requested: null,
  your_turn: 'You are asked now, since nobody has decided so far.',
  assigned: 'A colleague put this into your hands.',
  mention: 'A colleague mentioned you in a comment.',
  comment: 'A colleague commented on it.',
  edited: 'The params were changed since you voted, so your vote no longer counts. Look at it again.',
  half_time: 'Reminder: half of the time to decide has passed.',
  last_call: 'Last reminder: nine tenths of the time to decide have passed.',
} as const

const roomForAll = 48_000
const roomForOne = 24_000

/** Makes the mail's content; its size is bounded whatever the approvals hold. */
export function mailModel(input: MailInput): MailModel {
  const base: LinkBase = { appUrl: input.appUrl, projectSlug: input.project.slug }
  const count = input.items.length + input.moreCount
  const room = Math.min(roomForOne, Math.floor(roomForAll / Math.max(1, input.items.length)))
  const approvals = input.items.map((item) => mailApproval(item, base, room))
  const projectName = mailText(input.project.name, { singleLine: true, maxCharacters: 100 })
  const first = input.items[0]
  return {
    subject: subjectOf(input, count),
    preview: previewOf(input, count, projectName),
    title: count === 1 ? titles[first?.kind ?? 'requested'] : `${count} calls wait for your decision`,
    intro:
      `${count === 1 ? 'It does' : 'They do'} not run unless a person approves; what nobody decides expires at its ` +
      `deadline. Opening ${count === 1 ? 'the link' : 'a link'} decides nothing.`,
    approvals,
    more:
      input.moreCount > 0
        ? {
            words: `${input.moreCount} more wait and are not in this mail`,
            url: input.appUrl + pages.approvals(base.projectSlug),
          }
        : null,
    legend: hasUnlinked(JSON.stringify(approvals))
      ? 'Addresses in what the agent wrote are changed so that they cannot be pressed here: ∶// stands for a colon and two slashes.'
      : null,
    footer:
      `Sent to ${input.address} because you may decide in the project ${projectName}. ` +
      `What you are mailed is set there under Settings, Notifications.`,
  }
}

const titles: Record<ApprovalNoticeKind, string> = {
  requested: 'A call waits for your decision',
  your_turn: 'A call waits for your decision now',
  assigned: 'A call was put into your hands',
  mention: 'You were mentioned',
  comment: 'A call was commented on',
  edited: 'A call was changed since you voted',
  half_time: 'A call still waits for your decision',
  last_call: 'A call is about to expire',
}

/** How what tells of nothing but reminders begins. */
export function leadOf(items: readonly { kind: ApprovalNoticeKind }[]): string {
  const isReminder = items.every(({ kind }) => kind === 'half_time' || kind === 'last_call')
  const isLast = isReminder && items.some(({ kind }) => kind === 'last_call')
  return isLast ? 'Last reminder: ' : isReminder ? 'Reminder: ' : ''
}

function subjectOf({ items, project }: MailInput, count: number): string {
  const lead = leadOf(items)
  const [only] = items
  return count === 1 && only
    ? `${lead}Approval needed: ${subjectText(only.approval.tool)} (${subjectText(only.approval.agentName)})`
    : `${lead}${count} approvals needed in ${subjectText(project.name)}`
}

function previewOf({ items }: MailInput, count: number, projectName: string): string {
  const [only] = items
  if (count !== 1 || !only) return `In the project ${projectName}`
  const { tool, agentName, expiresAt } = only.approval
  return `${agentName} asks to run ${mailText(tool, { maxCharacters: 80 })}. Deadline ${deadlineWords(expiresAt)}`
}

function mailApproval(
  { approval, kind, cues = [] }: MailInput['items'][number],
  base: LinkBase,
  room: number,
): MailApproval {
  const long = Math.min(2000, Math.floor(room / 4))
  const { message, description, initiator } = approval
  return {
    tool: mailText(approval.tool, { singleLine: true, maxCharacters: 200 }),
    reminder: reminderWords[kind],
    facts: [
      ...cues.map((cue) => ({
        label: 'To note',
        value: mailText(cue, { singleLine: true, maxCharacters: 400 }),
      })),
      ...needsFacts(approval),
      { label: 'Deadline', value: deadlineWords(approval.expiresAt) },
      {
        label: 'Agent',
        value: mailText(approval.agentName, { singleLine: true, maxCharacters: 100 }),
        look: 'code',
      },
      { label: 'Run', value: runWords(approval), look: 'code' },
      ...(initiator === null
        ? []
        : [
            {
              label: 'On behalf of (as the agent says)',
              value: mailText(initiator, { singleLine: true, maxCharacters: 200 }),
            },
          ]),
      ...(message === null ? [] : [{ label: 'Message', value: mailText(message, { maxCharacters: long }) }]),
      { label: 'Rule', value: ruleWords(approval, long) },
    ],
    params: mailParams(readJson(approval.params) as Record<string, unknown>, room),
    after: [
      ...(description === null
        ? []
        : [
            {
              label: 'In the agent’s own words',
              value: mailText(description, { maxCharacters: long }),
              look: 'agent' as const,
            },
          ]),
      { label: 'Digest', value: approval.digest, look: 'code' },
    ],
    url: approvalUrl(base, approval.id),
  }
}

/** Whom it needs and how far it has come, in the console's words; nothing where the policy does not say who decides. */
function needsFacts(approval: ApprovalRecord): MailFact[] {
  const words = needsAndProgressOf(votingToWire(approval))
  return words === ''
    ? []
    : [{ label: 'Who decides', value: mailText(words, { singleLine: true, maxCharacters: 400 }) }]
}

function runWords({ runExternalId, runId }: ApprovalRecord): string {
  return mailText(runExternalId === null ? runId : `${runExternalId} (${runId})`, { singleLine: true })
}

/** Which entry of the policy fired, and why. */
function ruleWords(approval: ApprovalRecord, maxCharacters: number): string {
  const show = (text: string) => mailText(text, { singleLine: true, maxCharacters })
  const entry = `${show(approval.ruleTool)} of policy version ${approval.policyVersion}`
  const condition = show(approval.ruleCondition ?? '')
  switch (approval.ruleOutcome) {
    case 'always':
      return `${entry}: always asks a person`
    case 'true':
      return `${entry}: ${condition} is true`
    case 'unevaluable':
      return `${entry}: ${condition} could not be evaluated, so a person is asked. ${show(approval.ruleDetail ?? '')}`.trim()
  }
}
