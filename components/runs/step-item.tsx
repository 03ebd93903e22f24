'use client'

import { useId } from 'react'
import { writeJson } from '@/lib/json/write'
import type { RecordedStep, Run } from '@/lib/runs/schemas'
import { JsonBlock } from '../ui/json-block'
import { UntrustedText } from '../ui/untrusted-text'
import { TraceItem } from './trace-item'
import { TruncatedNote } from './truncated-note'

const kinds = { model: 'Model', message: 'Message', note: 'Note' } as const

/** A model turn, message or note as the agent recorded it. */
export function StepItem({ run, step }: { run: Run; step: RecordedStep }) {
  const id = useId()
  return (
    <TraceItem
      icon={step.kind}
      titleId={id}
      title={
        <>
          <span className="text-muted">{kinds[step.kind]}</span>{' '}
          <UntrustedText text={step.name} singleLine isBrief maxCharacters={200} className="font-medium" />
        </>
      }
      runStartedAt={run.started_at}
      startedAt={step.started_at}
      endedAt={step.ended_at}
    >
      {step.input !== null && (
        <JsonBlock label="Input" value={step.input} isFolded={isLong(step.input)} isRecorded />
      )}
      {step.output !== null && (
        <JsonBlock label="Output" value={step.output} isFolded={isLong(step.output)} isRecorded />
      )}
      <TruncatedNote truncated={step.truncated} />
    </TraceItem>
  )
}

function isLong(value: unknown): boolean {
  return writeJson(value).length > 600
}
