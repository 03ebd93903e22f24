'use client'

import { useEffect, useMemo, useRef } from 'react'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { InputIssue } from '@/lib/errors'
import { writeJson } from '@/lib/json/write'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/approvals/edit/edit-form'
import { Button } from '../../ui/button'
import { SelectField } from '../../ui/select-field'
import { TextAreaField } from '../../ui/text-area-field'
import { TextField } from '../../ui/text-field'
import { ChangeList } from './change-list'
import type { Edit } from './edit'
import { applyTyped, editFields, typedOf, type EditField, type Typed } from './fields'
import { useTyped } from './use-typed'

type EditFormProps = {
  approval: SeenApproval
  editable: NonNullable<SeenApproval['editable']>
  /** Those in force. */
  params: Record<string, unknown>
  /** What the server found wrong, at pointers that begin with `/params`. */
  issues: InputIssue[]
  /** It was opened just now, and not found open. */
  takesFocus: boolean
  onEdit: (edit: Edit | null) => void
  onClose: () => void
}

/**
 * The values that the policy lets a reviewer change, one field each, and below them always what that changes. What
 * was typed is kept over a lost race, Escape and reloading, and is put upon whatever is in force then.
 */
export function EditForm(props: EditFormProps) {
  const { approval, editable, params, issues, takesFocus, onEdit, onClose } = props
  const { places, schema } = editable
  const fields = useMemo(() => editFields(params, places, schema), [params, places, schema])
  const [typed, type] = useTyped(approval.id)
  const edited = useMemo(() => applyTyped(params, fields, typed), [params, fields, typed])
  const wrong = Object.keys(edited.errors).length
  const { changes } = edited

  const tell = useRef(onEdit)
  useEffect(() => {
    tell.current = onEdit
  })
  useEffect(() => {
    const isNone = changes.length === 0 && wrong === 0
    tell.current(
      isNone ? null : { params: writeJson(edited.params), count: changes.length, isSound: wrong === 0 },
    )
  }, [edited, changes, wrong])

  const frame = useRef<HTMLElement>(null)
  useEffect(() => {
    if (takesFocus) frame.current?.querySelector<HTMLElement>('input, select, textarea')?.focus()
  }, [takesFocus])

  return (
    <section
      ref={frame}
      data-edit=""
      aria-label={say.changeParams}
      className="mt-3 space-y-4 rounded-md border border-line bg-raised p-3.5"
    >
      {fields.length === 0 ? (
        <p className="text-sm text-muted">{say.noValueNamed}</p>
      ) : (
        <div className="flex max-w-xl flex-col gap-3">
          {fields.map((field) => (
            <Field
              key={field.pointer}
              field={field}
              typed={typed}
              error={edited.errors[field.pointer] ?? issueAt(issues, field.pointer)}
              onType={(text) => type({ ...typed, [field.pointer]: text })}
            />
          ))}
        </div>
      )}
      <div aria-live="polite">
        <h4 className="mb-1.5 text-xs font-semibold text-faint">{say.whatChanges}</h4>
        {changes.length === 0 ? (
          <p className="text-sm text-muted">{say.nothingYet}</p>
        ) : (
          <ChangeList label={say.whatChanges} changes={changes} />
        )}
      </div>
      {changes.length > 0 && wrong === 0 && (
        <p className="text-sm text-muted">
          {say.getsExactly(approval.agent, <code className="code">{approval.tool}</code>)}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          onClick={() => {
            type({})
            onClose()
          }}
        >
          {say.dropTheChanges}
        </Button>
      </div>
    </section>
  )
}

function issueAt(issues: InputIssue[], pointer: string): string | undefined {
  return issues.find((issue) => issue.pointer === `/params${pointer}`)?.detail
}

type FieldProps = {
  field: EditField
  typed: Typed
  error: string | undefined
  onType: (text: string) => void
}

const longText = 60

function Field({ field, typed, error, onType }: FieldProps) {
  const { kind, path, title, choices } = field
  const name = plainText(path.join(' › '), { singleLine: true, maxCharacters: 120 })
  const label =
    title === null ? name : `${plainText(title, { singleLine: true, maxCharacters: 120 })} (${name})`
  const hint =
    field.hint === null ? undefined : plainText(field.hint, { singleLine: true, maxCharacters: 300 })
  const value = typed[field.pointer] ?? typedOf(field)
  const words = { label, ...(hint !== undefined && { hint }), error }
  const onChange = ({ target }: { target: { value: string } }) => onType(target.value)
  if (kind === 'choice' || kind === 'boolean') {
    const options = kind === 'boolean' ? yesNo : choices
    const isKnown = options.some(({ json }) => json === typedOf({ kind, value: field.value }))
    return (
      <SelectField {...words} value={value} onChange={onChange}>
        {!isKnown && (
          <option value={typedOf(field)}>{plainText(typedOf(field), { singleLine: true })}</option>
        )}
        {options.map(({ json, title: word }) => (
          <option key={json} value={json}>
            {plainText(word, { singleLine: true, maxCharacters: 120 })}
          </option>
        ))}
      </SelectField>
    )
  }
  if (kind === 'text' && (value.length > longText || value.includes('\n'))) {
    return (
      <TextAreaField
        {...words}
        rows={Math.min(12, value.split('\n').length + 2)}
        value={value}
        onChange={onChange}
        className="code"
      />
    )
  }
  const mode = kind === 'text' ? 'text' : kind === 'integer' ? 'numeric' : 'decimal'
  return (
    <TextField
      {...words}
      inputMode={mode}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={onChange}
      className="code"
    />
  )
}

const yesNo = ['true', 'false'].map((json) => ({ json, title: json }))
