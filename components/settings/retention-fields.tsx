import type { ProjectDetails } from '@/lib/members/schemas'
import { TextField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { Moment } from '../ui/time'
import { errorOf, type Trouble } from '../ui/trouble'

/** As typed; empty is for ever. */
export type Retention = { runs: string; audit: string }

type Pending = ProjectDetails['audit_retention_pending']

type RetentionFieldsProps = {
  value: Retention
  onChange: (value: Retention) => void
  trouble: Trouble | null
  /** A shorter time for the audit log that does not count yet. */
  pending: Pending
  /** The audit log's is for owners alone. */
  isOwner: boolean
}

/** How long the project keeps what, with what is deleted and when in plain words. */
export function RetentionFields({ value, onChange, trouble, pending, isOwner }: RetentionFieldsProps) {
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
        hint="Owners set it, and every owner is told. At least as long as runs; a shorter time counts after seven days. Entries go oldest first, once a day; the log says how many went, and what is left can still be verified. Export it before if you need more."
        isOptional
        disabled={!isOwner}
        inputMode="numeric"
        value={value.audit}
        onChange={(event) => onChange({ ...value, audit: event.target.value })}
        error={errorOf(trouble, 'audit_retention_days')}
      />
      {pending && (
        <Notice tone="warn">
          From <Moment at={pending.effective_at} /> on, entries older than {pending.days} days are deleted.
          Until then, saving another time calls it off.
        </Notice>
      )}
    </fieldset>
  )
}

/** A number of days or null; what is no number stays wrong, for the server to say so. */
export function daysOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
