'use client'

import Link from 'next/link'
import { memo, useId, useState } from 'react'
import type { AuditEntry } from '@/lib/audit/schemas'
import { Badge, type Tone } from '../ui/badge'
import { Icon, type IconName } from '../ui/icon'
import { ParamsSummary } from '../ui/params'
import { Moment } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { AuditDetails } from './audit-details'
import { isObject, linkOf } from './target'

const looks: Record<string, { tone: Tone; icon: IconName }> = {
  'approval.approved': { tone: 'ok', icon: 'check' },
  'approval.rejected': { tone: 'danger', icon: 'cross' },
  'approval.claim_refused': { tone: 'danger', icon: 'warning' },
  'approval.bypass_suspected': { tone: 'danger', icon: 'warning' },
}

/** One entry: what was done to what, by whom, when, and its number in the chain. */
export const AuditRow = memo(function AuditRow({ project, entry }: { project: string; entry: AuditEntry }) {
  const [isExpanded, setExpanded] = useState(false)
  const id = useId()
  const { action, actor, via, target, detail, at, seq } = entry
  const look = looks[action]
  return (
    <li aria-labelledby={`${id}-action`}>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 px-3 py-2 sm:px-4 md:grid-cols-[13.5rem_minmax(0,1.6fr)_minmax(0,1fr)_auto]">
        <p className="min-w-0">
          <span className="flex flex-wrap gap-1">
            <span id={`${id}-action`} className="flex">
              <Badge tone={look?.tone} icon={look?.icon}>
                {action}
              </Badge>
            </span>
            {detail.new_agent === true && (
              <Badge tone="warn" icon="warning">
                New agent by a key
              </Badge>
            )}
            {isObject(detail.loosens) && (
              <Badge tone={actor.type === 'key' ? 'danger' : 'warn'} icon="warning">
                Loosens the policy
              </Badge>
            )}
          </span>
          <Moment at={at} className="mt-0.5 block text-xs text-muted" />
        </p>
        <div className="order-3 col-span-2 min-w-0 text-sm md:order-2 md:col-span-1">
          <TargetLabel project={project} entry={entry} />
          {isObject(detail.params) && (
            <p className="min-w-0">
              <ParamsSummary params={detail.params} maxCharacters={100} />
            </p>
          )}
        </div>
        <p className="order-4 col-span-2 min-w-0 text-sm md:order-3 md:col-span-1">
          <span className="sr-only">by </span>
          <UntrustedText text={actor.label} singleLine isBrief maxCharacters={120} />
          <br className="hidden md:inline" />
          <span className="ml-1.5 text-xs text-muted md:ml-0">{actorWords(actor.type, via)}</span>
        </p>
        <div className="order-2 flex h-7 items-center gap-2 justify-self-end text-sm text-muted md:order-4">
          <Seq seq={seq} />
          <button
            type="button"
            aria-label={`Details of ${action}, ${target.label.slice(0, 80)}`}
            aria-expanded={isExpanded}
            title={isExpanded ? 'Hide the details' : 'Show the details'}
            onClick={() => setExpanded(!isExpanded)}
            className="inline-flex size-7 items-center justify-center rounded-sm text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-9"
          >
            <Icon name="chevron" className={isExpanded ? 'rotate-90' : ''} />
          </button>
        </div>
      </div>
      {isExpanded && (
        <div className="px-3 pb-4 sm:px-4">
          <AuditDetails project={project} entry={entry} />
        </div>
      )}
    </li>
  )
})

function TargetLabel({ project, entry }: { project: string; entry: AuditEntry }) {
  const href = linkOf(project, entry)
  const { type, label: text } = entry.target
  const look = type === 'approval' ? 'code font-medium' : 'font-medium'
  const label = <UntrustedText text={text} singleLine isBrief maxCharacters={200} className={look} />
  if (href === null) return label
  return (
    <Link href={href} scroll={false} prefetch={false} className="rounded-xs hover:underline">
      {label}
    </Link>
  )
}

/** The entry's place in the chain, or that it has none yet. */
function Seq({ seq }: { seq: number | null }) {
  if (seq === null) return <span className="text-xs text-faint italic">being sealed</span>
  return (
    <span className="text-xs text-faint">
      <span className="sr-only">number </span>#{seq}
    </span>
  )
}

function actorWords(type: AuditEntry['actor']['type'], via: string): string {
  if (type === 'system') return via === 'system' ? 'on its own' : `via ${via}`
  return `${type === 'key' ? 'agent key' : 'member'}, via ${via}`
}
