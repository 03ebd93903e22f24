import type { SeenApproval } from '@/lib/approvals/schemas'
import * as say from '@/words/approvals/rule-line'
import { Icon } from '../ui/icon'
import { UntrustedText } from '../ui/untrusted-text'

type RuleLineProps = {
  rule: SeenApproval['rule']
  tool: string
  /** Without its label, where one stands beside it. */
  isBare?: boolean
}

/** Which entry of the policy fired and why; a condition that could not be evaluated stands out. */
export function RuleLine({ rule, tool, isBare = false }: RuleLineProps) {
  const label = isBare ? null : <Label>{say.rule}</Label>
  const entry = rule.tool === tool ? null : <Entry text={rule.tool} />
  if (rule.outcome === 'unevaluable') return <Unevaluable rule={rule} />
  if (rule.outcome === 'always') {
    return (
      <p className="text-sm text-muted">
        {label}
        {entry ? say.alwaysGatedBy(entry) : say.alwaysGated}
      </p>
    )
  }
  return (
    <p className="text-sm text-muted">
      {label}
      {entry ? (
        say.entryWhen(entry, <Condition text={rule.condition} />)
      ) : (
        <Condition text={rule.condition} />
      )}
    </p>
  )
}

function Unevaluable({ rule }: { rule: SeenApproval['rule'] }) {
  return (
    <p className="flex items-start gap-1.5 rounded-sm bg-warn-soft px-2 py-1 text-sm text-ink">
      <Icon name="warning" className="mt-0.5 text-warn" />
      <span className="min-w-0">
        <strong className="font-medium text-warn">{say.couldNotBeEvaluated} </strong>
        <Condition text={rule.condition} />
        {rule.detail && (
          <>
            {' — '}
            <UntrustedText text={rule.detail} singleLine isBrief maxCharacters={300} />
          </>
        )}
      </span>
    </p>
  )
}

function Condition({ text }: { text: string | null }) {
  return <UntrustedText text={text ?? ''} singleLine isBrief maxCharacters={300} className="code text-ink" />
}

function Entry({ text }: { text: string }) {
  return <UntrustedText text={text} singleLine isBrief maxCharacters={200} className="code text-ink" />
}

/** A word before a value on the same line. */
export function Label({ children }: { children: string }) {
  return <span className="mr-1.5 text-faint">{children}</span>
}
