import type { Rule } from '@/lib/approvals/schemas'
import { Icon } from '../ui/icon'
import { Fact, Facts } from '../ui/page-header'
import { UntrustedText } from '../ui/untrusted-text'
import type { Checked } from './check-call'
import type { PolicyEntry } from './entries-naming'
import { EntrySettings } from './policy-view'

/** What would become of a call, and why. */
export function TryAnswer({ checked }: { checked: Checked }) {
  const { tool, rule, entries, owners } = checked
  if (!checked.required || rule === null) return <Runs tool={tool} entries={entries} />
  const settings = entries.find((entry) => entry.tool === rule.tool && entry.when === rule.condition)
  return (
    <div className="space-y-2.5 rounded-sm border border-warn/30 bg-warn-soft p-3">
      <p className="flex items-center gap-1.5 text-sm font-medium">
        <Icon name="pause" className="text-warn" />
        Held for approval
      </p>
      <Facts>
        <Fact name="Entry">
          <Code text={rule.tool} />
        </Fact>
        <Fact name="Condition">{rule.condition === null ? 'none' : <Code text={rule.condition} />}</Fact>
        <Fact name="Outcome">
          <Outcome rule={rule} />
        </Fact>
      </Facts>
      {settings && <EntrySettings entry={settings} owners={owners} />}
    </div>
  )
}

function Outcome({ rule }: { rule: Rule }) {
  if (rule.outcome === 'always') return 'always holds, without a condition'
  if (rule.outcome === 'true') return 'the condition is true'
  return (
    <>
      <strong className="font-medium text-warn">could not be evaluated</strong>
      {rule.detail && (
        <>
          : <UntrustedText text={rule.detail} singleLine maxCharacters={600} />
        </>
      )}
    </>
  )
}

function Runs({ tool, entries }: { tool: string; entries: PolicyEntry[] }) {
  return (
    <div className="space-y-1.5 rounded-sm border border-ok/30 bg-ok-soft p-3 text-sm">
      <p className="flex items-center gap-1.5 font-medium">
        <Icon name="check" className="text-ok" />
        Runs without approval
      </p>
      {entries.length === 0 ? (
        <p>
          No entry names <Code text={tool} />.
        </p>
      ) : (
        <ul className="space-y-1">
          {entries.map((entry, at) => (
            <li key={at}>
              <Code text={entry.when ?? ''} /> <span className="text-muted">of</span>{' '}
              <Code text={entry.tool} /> <span className="text-muted">is false.</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Code({ text }: { text: string }) {
  return <UntrustedText text={text} singleLine isBrief maxCharacters={600} className="code" />
}
