'use client'

import Link from 'next/link'
import { memo, useId, useState } from 'react'
import type { AuditEntry } from '@/lib/audit/schemas'
import * as say from '@/words/audit/audit-row'
import { Badge } from '../ui/badge'
import { Icon, type IconName } from '../ui/icon'
import { ParamsSummary } from '../ui/params'
import { Moment } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { AuditDetails } from './audit-details'
import { sentenceOf } from './sentence'
import { isObject, linkOf } from './target'

const looks: Record<string, { colour: string; icon: IconName }> = {
  'approval.approved': { colour: 'text-ok', icon: 'check' },
  'approval.rejected': { colour: 'text-danger', icon: 'cross' },
  'approval.claim_refused': { colour: 'text-danger', icon: 'warning' },
  'approval.bypass_suspected': { colour: 'text-danger', icon: 'warning' },
}

type AuditRowProps = {
  project: string
  entry: AuditEntry
  /** All is open on paper. */
  isPrinting: boolean
}

/** One entry as a sentence: who did what to what, when, and its number in the chain. */
export const AuditRow = memo(function AuditRow({ project, entry, isPrinting }: AuditRowProps) {
  const [isExpanded, setExpanded] = useState(false)
  const id = useId()
  const { action, target, at, seq } = entry
  return (
    <li aria-labelledby={`${id}-action`} className="break-inside-avoid">
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-0.5 px-3 py-2 compact:py-1 sm:px-4 md:grid-cols-[10.5rem_minmax(0,1fr)_5.5rem]">
        <Moment at={at} className="text-xs leading-5 text-muted" />
        <div className="order-3 col-span-2 min-w-0 text-sm md:order-2 md:col-span-1">
          <SentenceLine project={project} entry={entry} />
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
            <span id={`${id}-action`} className="code">
              {action}
            </span>
            <span>{viaWords(entry)}</span>
            <Marks entry={entry} />
          </p>
        </div>
        <div className="order-2 flex items-center gap-2 justify-self-end text-sm text-muted md:order-3">
          <Seq seq={seq} />
          <button
            type="button"
            aria-label={say.detailsOf(action, (target.label ?? say.erased).slice(0, 80))}
            aria-expanded={isExpanded}
            title={isExpanded ? say.hideTheDetails : say.showTheDetails}
            onClick={() => setExpanded(!isExpanded)}
            className="inline-flex size-6 items-center justify-center rounded-sm text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-9"
          >
            <Icon name="chevron" className={isExpanded ? 'rotate-90' : ''} />
          </button>
        </div>
      </div>
      {(isExpanded || isPrinting) && (
        <div className="px-3 pb-4 sm:px-4">
          <AuditDetails project={project} entry={entry} />
        </div>
      )}
    </li>
  )
})

function SentenceLine({ project, entry }: { project: string; entry: AuditEntry }) {
  const { verb, hasTarget, after, quote } = sentenceOf(entry)
  const params = entry.detail?.params
  const look = looks[entry.action]
  return (
    <p className="wrap-anywhere">
      {look && (
        <Icon name={look.icon} className={`mr-1.5 inline-block size-3.5! align-[-2px] ${look.colour}`} />
      )}
      <Label text={entry.actor.label} maxCharacters={120} className="font-semibold" /> {verb}{' '}
      {hasTarget && <TargetLabel project={project} entry={entry} />}{' '}
      {isObject(params) && <ParamsSummary params={params} maxCharacters={100} />}{' '}
      {after !== '' && (
        <span className="text-muted">
          <UntrustedText text={after} singleLine isBrief maxCharacters={300} />
        </span>
      )}
      {quote !== null && (
        <span>
          {' '}
          “<UntrustedText text={quote} singleLine isBrief maxCharacters={200} />”
        </span>
      )}
    </p>
  )
}

/** What an auditor should not overlook. */
function Marks({ entry }: { entry: AuditEntry }) {
  const { action, detail, actor } = entry
  return (
    <>
      {entry.erased_at !== null && <Badge>{say.erasedMark}</Badge>}
      {detail?.new_agent === true && (
        <Badge tone="warn" icon="warning">
          {say.newAgentByAKey}
        </Badge>
      )}
      {isObject(detail?.loosens) && (
        <Badge tone={actor.type === 'key' ? 'danger' : 'warn'} icon="warning">
          {say.loosensThePolicy}
        </Badge>
      )}
      {action === 'approval.bypass_suspected' && (
        <Badge tone="danger" icon="warning">
          {say.possibleBypass}
        </Badge>
      )}
    </>
  )
}

type LabelProps = { text: string | null; maxCharacters: number; className: string }

/** What somebody or something was called, unless that was erased. */
function Label({ text, ...props }: LabelProps) {
  if (text === null) return <span className="text-muted italic">{say.erased}</span>
  return <UntrustedText text={text} singleLine isBrief {...props} />
}

function TargetLabel({ project, entry }: { project: string; entry: AuditEntry }) {
  const href = linkOf(project, entry)
  const { type, label: text } = entry.target
  const look = type === 'approval' ? 'code font-medium' : 'font-medium'
  const label = <Label text={text} maxCharacters={200} className={look} />
  if (href === null) return label
  return (
    <Link href={href} scroll={false} prefetch={false} className="rounded-xs hover:underline">
      {label}
    </Link>
  )
}

/** The entry's place in the chain, or that it has none yet. */
function Seq({ seq }: { seq: number | null }) {
  if (seq === null) return <span className="text-xs text-faint italic">{say.beingSealed}</span>
  return (
    <span className="text-xs text-faint">
      <span className="sr-only">{say.entryNumber} </span>#{seq}
    </span>
  )
}

function viaWords({ actor: { type }, via }: AuditEntry): string {
  if (type === 'system') return via === 'system' ? say.onItsOwn : say.viaAlone(via)
  return (type === 'key' ? say.byAgentKey : say.byMember)(via)
}
