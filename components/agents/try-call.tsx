'use client'

import { useId, useState } from 'react'
import type { InputIssue } from '@/lib/errors'
import * as say from '@/words/agents/try-call'
import { Button } from '../ui/button'
import { SelectField } from '../ui/select-field'
import { TextAreaField } from '../ui/text-area-field'
import { TextField } from '../ui/text-field'
import { Notice } from '../ui/notice'
import type { Trouble } from '../ui/trouble'
import { useAction } from '../ui/use-action'
import { checkCall, type Checked } from './check-call'
import { DeployErrors } from './deploy-errors'
import { useDraft } from './draft'
import { placeWords } from './place'
import { TryAnswer } from './try-answer'

type TryCallProps = {
  project: string
  name: string
  /** Tools of the policy, to choose from. */
  tools: string[]
  /** What judges besides the text being edited; null for an agent that has no version yet. */
  shown: { version: number; isInForce: boolean; config: string } | null
}

const exampleTool = 'order_tools.process_refund'

/** Asks what the gate would say of a call. Nothing is stored, nobody is asked. */
export function TryCall({ project, name, tools, shown }: TryCallProps) {
  const { draft } = useDraft()
  const [tool, setTool] = useState('')
  const [params, setParams] = useState('{}')
  const [context, setContext] = useState('')
  const [judge, setJudge] = useState<'draft' | 'shown'>('draft')
  const listId = useId()
  const usesDraft = draft !== null && (shown === null || judge === 'draft')
  const config = (usesDraft ? draft : shown)?.config ?? ''
  const question = { name: draft?.name ?? name, tool: tool.trim(), params, context, config }
  const asked = JSON.stringify(question)
  const [given, setGiven] = useState<{ asked: string; checked: Checked | null } | null>(null)
  const { isBusy, trouble, send } = useAction(checkCall, {
    unanswered: say.serverDidNotAnswer,
    refreshes: false,
    onDone: (checked) => setGiven({ asked, checked }),
    onTrouble: () => setGiven({ asked, checked: null }),
  })
  // an answer stands only as long as it answers what the form asks
  const isAnswered = given?.asked === asked
  const problem = isAnswered ? trouble : null

  return (
    <form
      aria-label={say.tryACall}
      onSubmit={(event) => {
        event.preventDefault()
        send(project, question)
      }}
      className="space-y-3 rounded-md border border-line bg-surface p-3.5"
    >
      <TextField
        label={say.tool}
        required
        list={listId}
        maxLength={200}
        autoCapitalize="off"
        autoComplete="off"
        spellCheck={false}
        placeholder={tools[0] ?? exampleTool}
        value={tool}
        onChange={(event) => setTool(event.target.value)}
        error={errorOf(problem?.errors, '/tool')}
        className="code"
      />
      <datalist id={listId}>
        {tools.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </datalist>
      <TextAreaField
        label={say.params}
        hint={say.paramsHint}
        rows={4}
        spellCheck={false}
        value={params}
        onChange={(event) => setParams(event.target.value)}
        error={errorOf(problem?.errors, '/params')}
        className="code"
      />
      <TextAreaField
        label={say.context}
        isOptional
        hint={say.contextHint}
        rows={2}
        spellCheck={false}
        value={context}
        onChange={(event) => setContext(event.target.value)}
        error={errorOf(problem?.errors, '/context')}
        className="code"
      />
      {draft && shown && (
        <SelectField
          label={say.judgedBy}
          value={judge}
          onChange={(event) => setJudge(event.target.value === 'shown' ? 'shown' : 'draft')}
        >
          <option value="draft">{say.theTextBeingEdited}</option>
          <option value="shown">{versionWords(shown)}</option>
        </SelectField>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" isBusy={isBusy}>
          {isBusy ? say.trying : say.tryTheCall}
        </Button>
        {!draft && shown && (
          <span className="text-xs text-muted">{say.judgedByVersion(versionWords(shown))}</span>
        )}
      </div>
      <div aria-live="polite">
        {isAnswered && given.checked && <TryAnswer checked={given.checked} />}
        {problem && <Refusal problem={problem} />}
      </div>
    </form>
  )
}

function versionWords({ version, isInForce }: { version: number; isInForce: boolean }): string {
  return isInForce ? say.versionInForce(version) : say.versionNotInForce(version)
}

const fields = new Set(['/tool', '/params', '/context'])

function errorOf(errors: InputIssue[] | undefined, pointer: string): string | undefined {
  const found = errors?.find((error) => error.pointer === pointer)
  if (!found) return undefined
  const { line, column, detail } = found
  return line === undefined || column === undefined ? detail : `${placeWords({ line, column })}: ${detail}`
}

/** What is wrong with no single field. */
function Refusal({ problem }: { problem: Trouble }) {
  const { code, detail, errors = [] } = problem
  if (code === 'invalid_policy' && errors.length > 0) return <DeployErrors errors={errors} />
  const isOfField = errors.length > 0 && errors.every(({ pointer }) => fields.has(pointer))
  return (
    <Notice tone="danger">
      {isOfField ? say.nothingWasTried : <span className="wrap-anywhere">{detail}</span>}
    </Notice>
  )
}
