import type { ProjectDetails } from '@/lib/members/schemas'
import * as say from '@/words/settings/retention-fields'
import { TextField } from '../ui/text-field'
import { Notice } from '../ui/notice'
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
      <legend className="mb-1 text-sm font-semibold">{say.howLongThingsAreKept}</legend>
      <p className="text-xs text-muted">{say.olderIsDeleted}</p>
      <TextField
        label={say.daysToKeepRuns}
        hint={say.daysToKeepRunsHint}
        isOptional
        inputMode="numeric"
        value={value.runs}
        onChange={(event) => onChange({ ...value, runs: event.target.value })}
        error={errorOf(trouble, 'retention_days')}
      />
      <TextField
        label={say.daysToKeepTheAuditLog}
        hint={say.daysToKeepTheAuditLogHint}
        isOptional
        disabled={!isOwner}
        inputMode="numeric"
        value={value.audit}
        onChange={(event) => onChange({ ...value, audit: event.target.value })}
        error={errorOf(trouble, 'audit_retention_days')}
      />
      {pending && (
        <Notice tone="warn">
          {say.shorterCountsFrom(<Moment at={pending.effective_at} />, pending.days)}
        </Notice>
      )}
    </fieldset>
  )
}

/** A number of days or null; what is no number stays wrong, for the server to say so. */
export function daysOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
