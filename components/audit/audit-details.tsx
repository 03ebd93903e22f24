import Link from 'next/link'
import type { ReactNode } from 'react'
import type { AuditEntry } from '@/lib/audit/schemas'
import { writeJson } from '@/lib/json/write'
import { pages } from '@/lib/paths'
import { CopyButton } from '../ui/copy-button'
import { JsonBlock } from '../ui/json-block'
import { Fact, Facts } from '../ui/page-header'
import { Params } from '../ui/params'
import { Moment } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { agentLink, approvalLink, isObject, runLink } from './target'

/** All of an entry: what it records, who and what by id, and its seal. */
export function AuditDetails({ project, entry }: { project: string; entry: AuditEntry }) {
  const { params, ...others } = entry.detail ?? {}
  const digest = typeof others.digest === 'string' ? others.digest : undefined
  const hasParams = isObject(params)
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="min-w-0 space-y-3">
        {hasParams && <Params params={params} digest={digest} />}
        {entry.erased_at === null ? (
          <JsonBlock label="Detail" value={others} />
        ) : (
          <p className="text-sm text-muted">
            What this entry said was erased <Moment at={entry.erased_at} />. Its place in the chain is still
            proved by the commitments to it.
          </p>
        )}
      </div>
      <div className="min-w-0 space-y-3">
        <Facts>
          <Fact name="At">
            <Moment at={entry.at} />
          </Fact>
          <Fact name="Actor">
            <OnlyThese project={project} name="actor" id={entry.actor.id} />
          </Fact>
          <Fact name="Target">
            <span className="text-muted">{entry.target.type}</span>{' '}
            <OnlyThese project={project} name="target" id={entry.target.id} />
          </Fact>
          <Origin entry={entry} />
          <Places project={project} entry={entry} />
          <Fact name="Entry">
            <code className="code">{entry.id}</code>
          </Fact>
          <Fact name="Hash">
            <Hash hash={entry.hash} what="hash" />
          </Fact>
          <Fact name="Before it">
            <Hash hash={entry.prev_hash} what="previous hash" />
          </Fact>
          <Fact name="Whole">
            <CopyButton text={writeJson(entry, 2)} label="Copy the entry as JSON" />
          </Fact>
        </Facts>
      </div>
    </div>
  )
}

/** An id that leads to every entry with it. */
function OnlyThese({ project, name, id }: { project: string; name: 'actor' | 'target'; id: string }) {
  return (
    <Link
      href={pages.audit(project, { [name]: id })}
      prefetch={false}
      title={`All entries of this ${name}`}
      className="code text-accent hover:underline"
    >
      <UntrustedText text={id} singleLine isBrief maxCharacters={200} />
    </Link>
  )
}

/** By which credential and request it came, and from where. */
function Origin({ entry }: { entry: AuditEntry }) {
  const facts = [
    ['Credential', entry.credential_id],
    ['Request', entry.request_id],
    ['Address', entry.address],
  ].filter((fact): fact is [string, string] => fact[1] !== null)
  return facts.map(([name, value]) => (
    <Fact key={name} name={name}>
      <code className="code">
        <UntrustedText text={value} singleLine isBrief maxCharacters={200} />
      </code>
    </Fact>
  ))
}

function Places({ project, entry }: { project: string; entry: AuditEntry }) {
  const places = [
    ['Approval', approvalLink(project, entry)],
    ['Run', runLink(project, entry)],
    ['Agent', agentLink(project, entry)],
  ].filter((place): place is [string, string] => place[1] !== null)
  if (places.length === 0) return null
  return (
    <Fact name="See">
      {places.map(([word, href], at) => (
        <span key={word}>
          {at > 0 && ', '}
          <Place href={href}>{word.toLowerCase()}</Place>
        </span>
      ))}
    </Fact>
  )
}

function Place({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} scroll={false} prefetch={false} className="text-accent hover:underline">
      {children}
    </Link>
  )
}

function Hash({ hash, what }: { hash: string | null; what: string }) {
  if (hash === null) return <span className="text-faint italic">being sealed</span>
  return (
    <span className="flex items-start gap-1">
      <code className="code min-w-0">{hash}</code>
      <CopyButton text={hash} label={`Copy ${what}`} isIconOnly />
    </span>
  )
}
