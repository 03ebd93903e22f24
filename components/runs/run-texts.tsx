'use client'

import { useState } from 'react'
import useSWR from 'swr'
import { api } from '@/lib/paths'
import type { Run } from '@/lib/runs/schemas'
import * as say from '@/words/runs/run-texts'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { JsonBlock } from '../ui/json-block'
import { Skeleton } from '../ui/skeleton'
import { TruncatedNote } from './truncated-note'

const names = ['input', 'context', 'output', 'error', 'truncated'] as const
type Texts = Pick<Run, (typeof names)[number]>

type RunTextsProps = { project: string; run: string; isOpenFirst: boolean }

/** What a run was given and how it ended, read when somebody wants to see it. */
export function RunTexts({ project, run, isOpenFirst }: RunTextsProps) {
  const [isOpen, setIsOpen] = useState(isOpenFirst)
  const { data, error } = useSWR<Texts, Error>(
    isOpen ? api.run(project, run, { fields: names.join() }) : null,
  )
  return (
    <section aria-label={say.inputAndOutput} className="space-y-2.5">
      <Button
        size="sm"
        variant="ghost"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="-ml-2.5"
      >
        <Icon name="chevron" className={isOpen ? 'rotate-90' : ''} />
        {say.inputAndOutput}
      </Button>
      {isOpen && !data && !error && <Skeleton className="h-16 w-full" />}
      {isOpen && error && <p className="text-sm text-danger">{error.message}</p>}
      {isOpen && data && (
        <>
          {data.input ? (
            <JsonBlock label={say.input} value={data.input} />
          ) : (
            <p className="text-sm text-muted">{say.noInput}</p>
          )}
          {data.context && Object.keys(data.context).length > 0 && (
            <JsonBlock label={say.context} value={data.context} isFolded />
          )}
          {data.output !== null && <JsonBlock label={say.output} value={data.output} isRecorded />}
          {data.error !== null && <JsonBlock label={say.error} value={data.error} tone="danger" isRecorded />}
          <TruncatedNote truncated={data.truncated} />
        </>
      )}
    </section>
  )
}
