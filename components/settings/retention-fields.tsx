import { TextField } from '../ui/field'
import { errorOf, type Trouble } from './use-act'

/** As typed; empty is for ever. */
export type Retention = { runs: string; audit: string }

type RetentionFieldsProps = {
  value: Retention
  onChange: (value: Retention) => void
  trouble: Trouble | null
}

/** How long the project keeps what, with what is deleted and when in plain words. */
export function RetentionFields({ value, onChange, trouble }: RetentionFieldsProps) {
  return (
    <fieldset className="space-y-3">
      <legend className="mb-1 text-sm font-semibold">How long things are kept</legend>
      <p className="text-xs text-muted">
        What is older is deleted for good, a little at a time. Empty means for ever.
      </p>
      <TextField
        label="Days to keep runs"
        hint="Counted from a run’s end or, where its agent left it open, from the last that happened in it. With a run go its calls, approvals, decisions and steps; deliveries, notices and mails go at the same age. What is pending is never deleted."
        isOptional
        inputMode="numeric"
        value={value.runs}
        onChange={(event) => onChange({ ...value, runs: event.target.value })}
        error={errorOf(trouble, 'retention_days')}
      />
      <TextField
        label="Days to keep the audit log"
        hint="At least as long as runs. Entries go oldest first, once a day; the log says how many went, and what is left can still be verified. Export it before if you need more."
        isOptional
        inputMode="numeric"
        value={value.audit}
        onChange={(event) => onChange({ ...value, audit: event.target.value })}
        error={errorOf(trouble, 'audit_retention_days')}
      />
    </fieldset>
  )
}

/** A number of days or null; what is no number stays wrong, for the server to say so. */
export function daysOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
