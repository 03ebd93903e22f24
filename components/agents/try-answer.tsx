import type { Rule } from '@/lib/approvals/schemas'
import * as say from '@/words/agents/try-answer'
import { Icon } from '../ui/icon'
import { Fact, Facts } from '../ui/facts'
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
        {say.heldForApproval}
      </p>
      <Facts>
        <Fact name={say.entry}>
          <Code text={rule.tool} />
        </Fact>
        <Fact name={say.condition}>
          {rule.condition === null ? say.noCondition : <Code text={rule.condition} />}
        </Fact>
        <Fact name={say.outcome}>
          <Outcome rule={rule} />
        </Fact>
      </Facts>
      {settings && <EntrySettings entry={settings} owners={owners} />}
    </div>
  )
}

function Outcome({ rule }: { rule: Rule }) {
  if (rule.outcome === 'always') return say.alwaysHolds
  if (rule.outcome === 'true') return say.conditionIsTrue
  return (
    <>
      <strong className="font-medium text-warn">{say.couldNotBeEvaluated}</strong>
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
        {say.runsWithoutApproval}
      </p>
      {entries.length === 0 ? (
        <p>{say.noEntryNames(<Code text={tool} />)}</p>
      ) : (
        <ul className="space-y-1">
          {entries.map((entry, at) => (
            <li key={at}>{say.isFalse(<Code text={entry.when ?? ''} />, <Code text={entry.tool} />)}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Code({ text }: { text: string }) {
  return <UntrustedText text={text} singleLine isBrief maxCharacters={600} className="code" />
}
