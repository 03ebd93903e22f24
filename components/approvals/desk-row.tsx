'use client'

import { memo, type MouseEvent } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import { pages } from '@/lib/paths'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/desk-row'
import { statusWord } from '../ui/badge'
import { Icon } from '../ui/icon'
import { Age } from '../ui/time'
import { TimeRing } from '../ui/time-ring'
import { callWords } from './call-words'
import { hiddenWords } from './hidden-words'
import { openSeats } from './open-seats'

type DeskRowProps = {
  project: string
  approval: SeenApproval
  /** Its place in the list, from 1, and how many there are where that is known. */
  place: number
  count: number | undefined
  isCurrent: boolean
  isSelected: boolean
  /** Null where nothing can be selected. */
  onSelect: ((id: string, isRange: boolean) => void) | null
  onOpen: (id: string) => void
}

/** One request in two lines of 44 pixels: what for, by whom, why, and how long there is time. */
export const DeskRow = memo(function DeskRow(props: DeskRowProps) {
  const { project, approval, place, count, isCurrent, isSelected, onSelect, onOpen } = props
  const isPending = approval.status === 'pending'
  const lead = callWords(approval)?.lead

  function open(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    onOpen(approval.id)
  }

  const name = lead ? `${approval.tool} ${lead.value}` : approval.tool
  return (
    <li
      id={`approval-${approval.id}`}
      data-waits={isPending ? approval.id : undefined}
      aria-setsize={count ?? -1}
      aria-posinset={place}
      className={`group relative flex h-13 touch-pan-y touch-pinch-zoom items-stretch border-b border-line md:h-11 ${
        isCurrent ? 'min-[1100px]:bg-accent-soft' : isSelected ? 'bg-hover' : 'hover:bg-hover'
      }`}
    >
      {isCurrent && <span className="absolute inset-y-0 left-0 w-0.5 bg-accent max-[1099px]:hidden" />}
      {onSelect && (
        <label className="relative z-10 flex w-11 shrink-0 items-center justify-center md:w-9">
          <input
            type="checkbox"
            aria-label={say.select(name)}
            checked={isSelected && isPending}
            disabled={!isPending}
            onChange={() => undefined}
            onClick={(event) => onSelect(approval.id, event.shiftKey)}
            className="size-3.5 disabled:opacity-30 pointer-coarse:size-5"
          />
        </label>
      )}
      <div className={`grid min-w-0 flex-1 content-center ${onSelect ? '' : 'pl-3.5'} pr-3`}>
        <p className="flex min-w-0 items-baseline gap-2">
          <a
            data-row-link=""
            href={pages.approval(project, approval.id)}
            aria-label={name}
            aria-current={isCurrent || undefined}
            onClick={open}
            className="min-w-0 flex-1 truncate text-sm leading-5 -outline-offset-2 after:absolute after:inset-0"
          >
            <span className="code font-semibold">{approval.tool.slice(moduleOf(approval.tool).length)}</span>
            {lead && <bdi className="ml-2 font-medium">{lead.value}</bdi>}
          </a>
          {isPending ? (
            <TimeRing from={approval.requested_at} until={approval.expires_at} />
          ) : (
            <Outcome approval={approval} />
          )}
        </p>
        <Reasons approval={approval} />
      </div>
    </li>
  )
})

/** Longer names of tools give way to the value, of which a row has more need. */
const longTool = 22

/** What stands before the last dot of a long tool's name: it comes beside the agent instead. */
function moduleOf(tool: string): string {
  return tool.length <= longTool ? '' : tool.slice(0, tool.lastIndexOf('.') + 1)
}

function Outcome({ approval }: { approval: SeenApproval }) {
  const { status, decision, requested_at: at, wait_ms: ms } = approval
  const isOverride = decision?.override !== undefined
  const isGrave = isOverride || status === 'rejected'
  const look = isGrave ? 'text-danger' : status === 'approved' ? 'text-ok' : 'text-muted'
  const when = decision?.at ?? new Date(Date.parse(at) + (ms ?? 0)).toISOString()
  return (
    <span className={`text-xs font-medium whitespace-nowrap ${look}`}>
      {isOverride ? say.breakGlass : statusWord(status)} <Age at={when} className="font-normal text-muted" />
    </span>
  )
}

/** Agent, the other params and the rule; of what is decided who and why. */
function Reasons({ approval }: { approval: SeenApproval }) {
  const {
    agent,
    tool,
    rule,
    decision,
    params_start: start,
    requirement,
    progress,
    edited,
    assignee,
  } = approval
  const isPending = approval.status === 'pending'
  const rest = callWords(approval)?.rest ?? beginning(start)
  const hides = hiddenWords(approval)
  const reason = decision?.reason ? `“${brief(decision.reason)}”` : null
  const by = decision ? (decision.reviewer.name ?? decision.reviewer.email) : null
  return (
    <p className="flex min-w-0 items-center gap-1.5 text-xs leading-4.5 text-muted">
      {(hides !== null || rule.outcome === 'unevaluable') && (
        <span className="flex shrink-0 items-center gap-1 font-medium text-warn">
          <Icon name="warning" className="size-3!" />
          {hides ?? say.ruleUnclear}
        </span>
      )}
      {isPending && requirement !== null && (
        <span className="shrink-0 rounded-xs bg-info-soft px-1 font-medium text-info">
          {say.needs(openSeats(approval), {
            isEdited: edited !== null,
            isBegun:
              progress?.rules.some(({ clauses }) => clauses.some((clause) => clause.approvals > 0)) ?? false,
          })}
        </span>
      )}
      <span className="min-w-0 truncate">
        {isPending && assignee && <span className="text-ink">{say.hasIt(taker(assignee))} · </span>}
        {[by, reason, agent, moduleOf(tool).slice(0, -1)].filter(Boolean).join(' · ')}
        {rest.map((words, at) => (
          <bdi key={at}>
            {' · '}
            {words}
          </bdi>
        ))}
      </span>
    </p>
  )
}

/** Of long params how they begin, and how long they are. */
function beginning(start: SeenApproval['params_start']): string[] {
  if (!start) return []
  const text = plainText(start.text.slice(0, 120), { singleLine: true })
  return [say.kilobytes(Math.ceil(start.bytes / 1024)), `${text}…`]
}

function taker({ name, email, id }: NonNullable<SeenApproval['assignee']>): string {
  return plainText(name ?? email ?? id, { singleLine: true, maxCharacters: 40 })
}

function brief(text: string): string {
  return plainText(text.replace(/\s+/g, ' ').slice(0, 200), { singleLine: true })
}
