'use client'

import { useEffect, useId, useRef } from 'react'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { CodeEditor } from './code-editor'
import { DeployErrors } from './deploy-errors'
import { useDraft, type Draft } from './draft'
import { selectPlace } from './select-place'
import { useDeploy, type DeployProblem } from './use-deploy'

type DeployFormProps = {
  project: string
  draft: Draft
  /** The version in force; null where the agent is to be new. */
  base: number | null
  /** The file is in force, and the page on its way to show it. */
  isLeaving: boolean
  onDone: (name: string) => void
  onCancel: () => void
}

/** Writes an agent's file and puts it in force; what is wrong stands beside its line. */
export function DeployForm({ project, draft, base, isLeaving, onDone, onCancel }: DeployFormProps) {
  const { setDraft } = useDraft()
  const { isSending, problem, submit } = useDeploy(project, base, onDone)
  const area = useRef<HTMLTextAreaElement>(null)
  const errorId = useId()
  const isNew = base === null
  const isBusy = isSending || isLeaving
  const placed = (problem?.errors ?? []).filter((error) => error.line !== undefined)
  const nameError = problem?.errors?.find(
    ({ pointer, line }) => pointer === '/name' && line === undefined,
  )?.detail

  useEffect(() => {
    if (!isNew) area.current?.focus({ preventScroll: true })
  }, [isNew])

  return (
    <form
      aria-label={isNew ? 'Deploy an agent' : `Deploy a new version of ${draft.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void submit(draft)
      }}
      className="space-y-3"
    >
      {isNew && (
        <NameField name={draft.name} error={nameError} onChange={(name) => setDraft({ ...draft, name })} />
      )}
      <CodeEditor
        label="Agent file"
        hint="YAML with an approval block; everything else in the file is kept as it is."
        value={draft.config}
        onChange={(config) => setDraft({ ...draft, config })}
        markedLines={new Set(placed.map(({ line }) => line ?? 0))}
        errorId={placed.length > 0 ? errorId : undefined}
        area={area}
      />
      <div role="alert">
        {placed.length > 0 && (
          <DeployErrors id={errorId} errors={placed} onGo={(place) => selectPlace(area.current, place)} />
        )}
        {problem && placed.length === 0 && !nameError && <NotDeployed problem={problem} />}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" isBusy={isBusy} className="max-w-full">
          <span className="truncate">{isBusy ? 'Deploying…' : `Deploy ${draft.name || 'agent'}`}</span>
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

type NameFieldProps = { name: string; error: string | undefined; onChange: (name: string) => void }

function NameField({ name, error, onChange }: NameFieldProps) {
  return (
    <TextField
      label="Name"
      hint="Lower case letters, digits and inner hyphens; agents ask under this name."
      required
      maxLength={64}
      autoCapitalize="off"
      autoComplete="off"
      spellCheck={false}
      value={name}
      onChange={(event) => onChange(event.target.value)}
      error={error}
      frameClassName="max-w-sm"
    />
  )
}

function NotDeployed({ problem: { code, detail } }: { problem: DeployProblem }) {
  return (
    <Notice tone={code === 'precondition_failed' ? 'warn' : 'danger'}>
      <p className="font-medium">{titleOf(code)}</p>
      <p className="text-muted wrap-anywhere">{detail}</p>
    </Notice>
  )
}

function titleOf(code: DeployProblem['code']): string {
  switch (code) {
    case 'precondition_failed':
      return 'Somebody was faster. Your text is kept and was not deployed; deploy again to put it in force over theirs.'
    case 'forbidden':
      return 'Your role does not allow this any more. Nothing was deployed.'
    case 'unauthenticated':
      return 'You are signed out. Nothing was deployed.'
    case 'unanswered':
      return 'No answer from the server.'
    default:
      return 'Nothing was deployed.'
  }
}
