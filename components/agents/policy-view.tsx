import type { ReactNode } from 'react'
import type { Policy } from '@/lib/agents/schemas'
import { isWildcard } from '@/lib/policy/wildcard'
import * as say from '@/words/agents/policy-view'
import { Label } from '../approvals/rule-line'
import { Badge } from '../ui/badge'
import { EmptyState } from '../ui/empty-state'
import { ListFrame } from '../ui/table'
import { UntrustedText } from '../ui/untrusted-text'
import type { PolicyEntry } from './entries-naming'
import { requirementSentences } from './requirement-sentences'
import { timeoutWords } from './timeout-words'

/** What the gate understood of a file: every entry with the settings that hold for it. */
export function PolicyView({ policy }: { policy: Policy }) {
  if (policy.tools.length === 0) {
    return (
      <EmptyState icon="warning" title={say.gatesNothing}>
        {say.everyCallRuns(<code className="code">approval.tools</code>)}
      </EmptyState>
    )
  }
  return (
    <>
      <ListFrame>
        <ul aria-label={say.entriesOfThePolicy} className="divide-y divide-line">
          {policy.tools.map((entry, at) => (
            <EntryRow key={at} entry={entry} owners={policy.owners ?? []} />
          ))}
        </ul>
      </ListFrame>
      <p className="mt-2 text-sm text-muted">{say.howEntriesAreRead}</p>
    </>
  )
}

/** Longer ones take lines of their own. */
const charactersBeside = 56

function EntryRow({ entry, owners }: { entry: PolicyEntry; owners: string[] }) {
  const isBeside = Math.max(entry.tool.length, entry.when?.length ?? 0) <= charactersBeside
  return (
    <li className="space-y-1.5 px-3 py-2.5 sm:px-4">
      <div className={`grid gap-x-5 gap-y-1 ${isBeside ? 'sm:grid-cols-2' : ''}`}>
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-1">
          <UntrustedText text={entry.tool} singleLine className="code font-semibold" />
          {isWildcard(entry.tool) && <Badge>{say.pattern}</Badge>}
        </p>
        <p className="min-w-0 text-sm">
          <Label>{say.when}</Label>
          {entry.when === null ? (
            <span>{say.always}</span>
          ) : (
            <UntrustedText text={entry.when} maxCharacters={600} className="code" />
          )}
        </p>
      </div>
      <EntrySettings entry={entry} owners={owners} />
    </li>
  )
}

type EntrySettingsProps = {
  entry: Omit<PolicyEntry, 'tool' | 'when'>
  /** What `agent:owners` stands for. */
  owners: string[]
}

/** How long a held call waits, what the reviewer reads, what a rejection does, and who decides where that is said. */
export function EntrySettings({ entry, owners }: EntrySettingsProps) {
  const sentences = requirementSentences(entry, owners)
  return (
    <>
      <Settings entry={entry} />
      {sentences.length > 0 && (
        <ul aria-label={say.whoDecides} className="space-y-0.5 border-l-2 border-line-strong pl-2.5 text-sm">
          {sentences.map((sentence) => (
            <li key={sentence} className="wrap-anywhere">
              <bdi>{sentence}</bdi>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Settings({ entry }: Pick<EntrySettingsProps, 'entry'>) {
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-0.5 text-sm text-muted">
      <Setting name={say.waits}>
        {say.upTo(timeoutWords(entry.timeout))}{' '}
        <span className="text-faint">({say.inSeconds(entry.timeout)})</span>
      </Setting>
      <Setting name={say.ifRejected}>
        {entry.on_rejection === 'fail' ? say.theRunFails : say.theAgentGoesOn}{' '}
        <code className="code text-faint">({entry.on_rejection})</code>
      </Setting>
      <Setting name={say.message}>
        {entry.message === null ? (
          <span className="text-faint">{say.noMessage}</span>
        ) : (
          <UntrustedText text={entry.message} maxCharacters={400} className="text-ink" />
        )}
      </Setting>
    </dl>
  )
}

function Setting({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="mr-1.5 inline text-faint">{name}</dt>
      <dd className="inline">{children}</dd>
    </div>
  )
}
