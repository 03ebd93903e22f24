'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useId, useRef, useState } from 'react'
import { deploy } from '@/app/[project]/agents/actions'
import type { Problem } from '@/lib/web/problem'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'
import { Notice } from '../ui/page-header'
import { useToast } from '../ui/toast'
import { CodeEditor } from './code-editor'
import { DeployErrors } from './deploy-errors'
import { useDraft, type Draft } from './draft'
import { selectPlace } from './select-place'

type DeployFormProps = {
  project: string
  draft: Draft
  /** The version in force; null where the agent is to be new. */
  base: number | null
  onDone: (name: string) => void
  onCancel: () => void
}

/** Writes an agent's file and puts it in force; what is wrong stands beside its line. */
export function DeployForm({ project, draft, base, onDone, onCancel }: DeployFormProps) {
  const { setDraft } = useDraft()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<Pick<Problem, 'code' | 'detail' | 'errors'> | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const errorId = useId()
  const router = useRouter()
  const toast = useToast()
  const isNew = base === null
  const placed = (problem?.errors ?? []).filter((error) => error.line !== undefined)
  const nameError = problem?.errors?.find(({ pointer, line }) => pointer === '/name' && line === undefined)?.detail

  useEffect(() => {
    if (!isNew) area.current?.focus({ preventScroll: true })
  }, [isNew])

  async function submit() {
    if (isBusy) return
    setIsBusy(true)
    setProblem(null)
    try {
      const answer = await deploy(project, { ...draft, base })
      if (answer.ok) {
        toast({ tone: 'ok', text: doneWords(draft.name, answer.value, base) })
        onDone(draft.name)
        return
      }
      setProblem(answer.problem)
      // whoever deployed in between is then on the page, and the next press deploys over it
      if (answer.problem.code === 'conflict' && !isNew) router.refresh()
    } catch {
      const detail = 'The server did not answer, so the file may or may not be in force. Load the page again to see.'
      setProblem({ code: 'unavailable', detail })
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <form
      aria-label={isNew ? 'Deploy an agent' : `Deploy a new version of ${draft.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
      className="space-y-3"
    >
      {isNew && (
        <TextField
          label="Name"
          hint="Lower case letters, digits and inner hyphens; agents ask under this name."
          required
          maxLength={64}
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
          error={nameError}
          frameClassName="max-w-sm"
        />
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
        {problem && placed.length === 0 && !nameError && (
          <Notice tone={problem.code === 'conflict' ? 'warn' : 'danger'}>
            <p className="font-medium">{titleOf(problem.code)}</p>
            <p className="text-muted wrap-anywhere">{problem.detail}</p>
          </Notice>
        )}
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

function doneWords(name: string, done: { version: number; warningCount: number }, base: number | null): string {
  if (done.version === base) return `Nothing changed: version ${base} of ${name} has this very text.`
  const warnings =
    done.warningCount === 0 ? '' : ` with ${done.warningCount === 1 ? 'a warning' : `${done.warningCount} warnings`}`
  return `Version ${done.version} of ${name} is in force${warnings}.`
}

function titleOf(code: Problem['code']): string {
  switch (code) {
    case 'conflict':
      return 'Somebody was faster. Your text is kept and was not deployed; deploy again to put it in force over theirs.'
    case 'forbidden':
      return 'Your role does not allow this any more. Nothing was deployed.'
    case 'unauthenticated':
      return 'You are signed out. Nothing was deployed.'
    case 'unavailable':
      return 'No answer.'
    default:
      return 'Nothing was deployed.'
  }
}
