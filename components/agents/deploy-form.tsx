'use client'

import { useRouter } from 'next/navigation'
import { useId, useRef, useState } from 'react'
import type { DeployFromPage } from '@/lib/agents/from-page'
import type { InputIssue } from '@/lib/errors'
import type { Problem } from '@/lib/http/problem'
import * as say from '@/words/agents/deploy-form'
import * as shared from '@/words/shared'
import { ConfirmDialog } from '../settings/confirm-dialog'
import { Button } from '../ui/button'
import { TextField } from '../ui/text-field'
import { LeaveGuard } from '../ui/leave-guard'
import { Notice } from '../ui/notice'
import type { Trouble } from '../ui/trouble'
import { useAction, type Action } from '../ui/use-action'
import { CodeEditor } from './code-editor'
import { checkFile, type FileCheck } from './check-file'
import { DeployErrors } from './deploy-errors'
import { useDraft, type Draft } from './draft'
import { ReviewDialog } from './review-dialog'
import type { Editor, Remark } from './policy-editor'
import { useFileCheck } from './use-file-check'

/** Puts a file in force. */
export type Deploy = Action<DeployFromPage, Deployed>
type Deployed = { version: number; warningCount: number }

type DeployFormProps = {
  project: string
  deploy: Deploy
  draft: Draft
  /** The version in force; null where the agent is to be new. */
  base: number | null
  /** Its text. */
  baseConfig: string | null
  /** Names of tools that the agent calls. */
  tools: readonly string[]
  /** The file is in force, and the page on its way to show it. */
  isLeaving: boolean
  onDone: (name: string) => void
  onCancel: () => void
}

/** Writes an agent's file and puts it in force; what is wrong stands beside its line. */
export function DeployForm(props: DeployFormProps) {
  const { project, deploy, draft, base, baseConfig, tools, isLeaving, onDone, onCancel } = props
  const { setDraft, isDirty, isBack } = useDraft()
  const [isDropping, setIsDropping] = useState(false)
  const router = useRouter()
  const {
    isBusy: isSending,
    trouble: problem,
    send,
    forget,
  } = useAction(orNameTaken(deploy), {
    unanswered: say.nobodyKnows,
    done: (deployed) => doneWords(draft.name, deployed, base),
    refreshes: false,
    onDone: () => {
      setReviewed(null)
      onDone(draft.name)
    },
    // whoever deployed in between is then on the page, and the next press deploys over it
    onTrouble: ({ code }) => {
      setReviewed(null)
      if (code === 'precondition_failed' && base !== null) router.refresh()
    },
  })
  const live = useFileCheck(draft)
  const [reviewed, setReviewed] = useState<FileCheck['policy']>(null)
  const [hasTried, setHasTried] = useState(false)
  const editor = useRef<Editor>(null)
  const errorId = useId()
  const nameId = useId()
  const isNew = base === null
  const isBusy = isSending || isLeaving
  const refused = (problem?.errors ?? []).filter((error) => error.line !== undefined)
  const placed = live?.errors ?? refused
  const warned = live?.warnings ?? []
  const nameError =
    problem?.errors?.find(({ pointer, line }) => pointer === '/name' && line === undefined)?.detail ??
    (hasTried || draft.name !== '' ? live?.nameError : undefined)

  /** Shows what it would put in force, or all that is wrong with it. */
  async function review() {
    setHasTried(true)
    forget()
    const check = await checkFile(draft.name, draft.config)
    const [first] = check.errors
    if (first) editor.current?.select(first)
    else if (check.nameError) document.getElementById(nameId)?.focus()
    else setReviewed(check.policy)
  }

  return (
    <form
      aria-label={isNew ? say.deployAnAgent : say.deployANewVersion(draft.name)}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void review()
      }}
      className="space-y-3"
    >
      {isBack && <Notice>{say.draftIsBack}</Notice>}
      {isNew && (
        <NameField
          id={nameId}
          name={draft.name}
          error={nameError}
          onChange={(name) => setDraft({ ...draft, name })}
        />
      )}
      <CodeEditor
        label={say.agentFile}
        hint={say.fileHint}
        value={draft.config}
        onChange={(config) => setDraft({ ...draft, config })}
        remarks={remarksOf(placed, warned)}
        tools={tools}
        errorId={placed.length > 0 ? errorId : undefined}
        isBegun={!isNew}
        handle={editor}
      />
      <div aria-live="polite" className="space-y-2">
        {warned.length > 0 && (
          <DeployErrors
            errors={warned}
            title={say.takenButNotMeant}
            isWarning
            onGo={(place) => editor.current?.select(place)}
          />
        )}
        {placed.length > 0 && (
          <DeployErrors
            id={errorId}
            errors={placed}
            {...(refused.length === 0 && { title: say.wouldBeRefused(placed.length) })}
            onGo={(place) => editor.current?.select(place)}
          />
        )}
        {problem && placed.length === 0 && !nameError && <NotDeployed problem={problem} />}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" isBusy={isBusy} className="max-w-full">
          <span className="truncate">{isBusy ? say.deploying : say.review(draft.name || say.theAgent)}</span>
        </Button>
        <Button variant="ghost" onClick={() => (isDirty ? setIsDropping(true) : onCancel())}>
          {shared.cancel}
        </Button>
      </div>
      {reviewed && (
        <ReviewDialog
          isOpen
          onClose={() => setReviewed(null)}
          title={isNew ? say.deployNow(draft.name) : say.deployANewVersionNow(draft.name)}
          before={baseConfig}
          after={draft.config}
          policy={reviewed}
          action={say.deploy(draft.name)}
          isBusy={isBusy}
          onConfirm={() => send(project, { name: draft.name, config: draft.config, base })}
        />
      )}
      <LeaveGuard isDirty={isDirty && !isBusy} onDiscard={() => setDraft(null)}>
        {say.draftIsKept}
      </LeaveGuard>
      <ConfirmDialog
        isOpen={isDropping}
        onClose={() => setIsDropping(false)}
        title={say.discardWhatYouWrote}
        action={say.discardTheDraft}
        onConfirm={onCancel}
        isBusy={false}
        trouble={null}
      >
        <p>{say.inForceStays}</p>
      </ConfirmDialog>
    </form>
  )
}

type NameFieldProps = {
  id: string
  name: string
  error: string | undefined
  onChange: (name: string) => void
}

function NameField({ id, name, error, onChange }: NameFieldProps) {
  return (
    <TextField
      id={id}
      label={say.name}
      hint={say.nameHint}
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

function NotDeployed({ problem: { code, detail } }: { problem: Trouble }) {
  return (
    <Notice tone={code === 'precondition_failed' ? 'warn' : 'danger'}>
      <p className="font-medium">{titleOf(code)}</p>
      <p className="text-muted wrap-anywhere">{detail}</p>
    </Notice>
  )
}

function remarksOf(placed: InputIssue[], warned: InputIssue[]): Remark[] {
  const remark =
    (isWarning: boolean) =>
    ({ detail, line = 1, column = 1 }: InputIssue) => ({ detail, line, column, isWarning })
  return [...placed.map(remark(false)), ...warned.map(remark(true))]
}

function titleOf(code: Trouble['code']): string {
  switch (code) {
    case 'precondition_failed':
      return say.somebodyWasFaster
    case 'forbidden':
      return say.roleDoesNotAllow
    case 'unauthenticated':
      return say.signedOut
    case 'unanswered':
      return say.noAnswer
    default:
      return say.nothingWasDeployed
  }
}

/** Where somebody else has the name of a new agent, says so at the field with the name. */
function orNameTaken(deploy: Deploy): Deploy {
  return async (project, input) => {
    const answer = await deploy(project, input)
    const isTaken = !answer.ok && answer.problem.code === 'precondition_failed' && input.base === null
    return isTaken ? { ok: false, problem: nameTaken(answer.problem, input.name) } : answer
  }
}

function nameTaken(problem: Problem, name: string): Problem {
  const detail = say.nameIsTaken(name)
  return { ...problem, detail, errors: [{ pointer: '/name', detail }] }
}

function doneWords(name: string, { version, warningCount }: Deployed, base: number | null): string {
  if (version === base) return say.nothingChanged(base, name)
  return say.isInForce(version, name, warningCount)
}
