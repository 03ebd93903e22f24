import Link from 'next/link'
import type { ReactNode } from 'react'
import type { AuditEntry } from '@/lib/audit/schemas'
import { writeJson } from '@/lib/json/write'
import { pages } from '@/lib/paths'
import * as say from '@/words/audit/audit-details'
import { CopyButton } from '../ui/copy-button'
import { JsonBlock } from '../ui/json-block'
import { Fact, Facts } from '../ui/facts'
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
          <JsonBlock label={say.detail} value={others} />
        ) : (
          <p className="text-sm text-muted">{say.wasErased(<Moment at={entry.erased_at} />)}</p>
        )}
      </div>
      <div className="min-w-0 space-y-3">
        <Facts>
          <Fact name={say.at}>
            <Moment at={entry.at} />
          </Fact>
          <Fact name={say.actor}>
            <OnlyThese project={project} name="actor" id={entry.actor.id} />
          </Fact>
          <Fact name={say.target}>
            <span className="text-muted">{entry.target.type}</span>{' '}
            <OnlyThese project={project} name="target" id={entry.target.id} />
          </Fact>
          <Origin entry={entry} />
          <Places project={project} entry={entry} />
          <Fact name={say.entry}>
            <code className="code">{entry.id}</code>
          </Fact>
          <Fact name={say.hash}>
            <Hash hash={entry.hash} what={say.hashOf.hash} />
          </Fact>
          <Fact name={say.beforeIt}>
            <Hash hash={entry.prev_hash} what={say.hashOf.previous} />
          </Fact>
          <Fact name={say.whole}>
            <CopyButton text={writeJson(entry, 2)} label={say.copyTheEntry} />
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
      title={say.allEntriesOf[name]}
      className="code text-accent hover:underline"
    >
      <UntrustedText text={id} singleLine isBrief maxCharacters={200} />
    </Link>
  )
}

/** By which credential and request it came, and from where. */
function Origin({ entry }: { entry: AuditEntry }) {
  const facts = [
    [say.credential, entry.credential_id],
    [say.request, entry.request_id],
    [say.address, entry.address],
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
    [say.approval, approvalLink(project, entry)],
    [say.run, runLink(project, entry)],
    [say.agent, agentLink(project, entry)],
  ].filter((place): place is [string, string] => place[1] !== null)
  if (places.length === 0) return null
  return (
    <Fact name={say.see}>
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
  if (hash === null) return <span className="text-faint italic">{say.beingSealed}</span>
  return (
    <span className="flex items-start gap-1">
      <code className="code min-w-0">{hash}</code>
      <CopyButton text={hash} label={say.copy(what)} isIconOnly />
    </span>
  )
}
