'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useMemo, useRef, useState, useTransition } from 'react'
import type { ShownVersion } from '@/lib/agents/at-version'
import { pages } from '@/lib/paths'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Section } from '../ui/page-header'
import { DeployForm, type Deploy } from './deploy-form'
import { useDraft } from './draft'
import { FileLines, type FileLine } from './file-lines'
import { diffLines, sourceLines, type DiffLine } from './line-diff'
import { hasPlace } from './select-place'

type AgentFileProps = {
  project: string
  name: string
  shown: ShownVersion
  /** The version before the shown one. */
  before: { version: number; config: string } | null
  inForce: number
  /** Null for whoever may only read. */
  deploy: Deploy | null
}

/** The file as it was sent, what it changed, and for admins the form that deploys the next. */
export function AgentFile({ project, name, shown, before, inForce, deploy }: AgentFileProps) {
  const { draft, setDraft } = useDraft()
  const [isDiff, setIsDiff] = useState(false)
  const router = useRouter()
  const [isLeaving, startLeaving] = useTransition()
  const editButton = useRef<HTMLButtonElement>(null)
  const wasEditing = useRef(false)
  const { config, version } = shown

  useEffect(() => {
    if (wasEditing.current && !draft) editButton.current?.focus()
    wasEditing.current = draft !== null
  }, [draft])

  /** The form stays until the new version is on the page. */
  function showInForce() {
    startLeaving(() => {
      if (version === inForce) router.refresh()
      else router.push(pages.agent(project, name))
      setDraft(null)
    })
  }

  if (draft && deploy) {
    return (
      <Section
        title={`New version of ${name}`}
        note={`Begun from version ${draft.from}; version ${inForce} is in force.`}
      >
        <DeployForm
          project={project}
          deploy={deploy}
          draft={draft}
          base={inForce}
          isLeaving={isLeaving}
          onCancel={() => setDraft(null)}
          onDone={showInForce}
        />
      </Section>
    )
  }
  return (
    <Section
      title="File"
      note={`As sent with version ${version}.`}
      actions={
        <>
          {before && (
            <Button variant="ghost" size="sm" aria-pressed={isDiff} onClick={() => setIsDiff(!isDiff)}>
              {isDiff ? 'Whole file' : `Changes since version ${before.version}`}
            </Button>
          )}
          <CopyButton text={config} label="Copy the file" />
          {deploy && (
            <Button ref={editButton} size="sm" onClick={() => setDraft({ name, config, from: version })}>
              {version === inForce ? 'Edit and deploy' : `Edit from version ${version}`}
            </Button>
          )}
        </>
      }
    >
      {isDiff && before ? <Changes before={before} shown={shown} /> : <WholeFile shown={shown} />}
    </Section>
  )
}

function WholeFile({ shown }: { shown: ShownVersion }) {
  const lines = useMemo(
    () => sourceLines(shown.config).map((text, at) => ({ number: at + 1, text })),
    [shown.config],
  )
  const marked = useMemo(
    () => new Set(shown.warnings.filter(hasPlace).map(({ line }) => line)),
    [shown.warnings],
  )
  return <FileLines label={`File of version ${shown.version}`} lines={lines} markedLines={marked} />
}

const linesAround = 3

function Changes({ before, shown }: { before: { version: number; config: string }; shown: ShownVersion }) {
  const hunks = useMemo(
    () => hunksOf(diffLines(sourceLines(before.config), sourceLines(shown.config))),
    [before.config, shown.config],
  )
  if (hunks.length === 0) return <p className="text-sm text-muted">Only line ends differ.</p>
  return (
    <div className="space-y-2">
      {hunks.map((hunk) => (
        <FileLines key={hunk[0]?.number} label={`Changes around line ${hunk[0]?.number}`} lines={hunk} />
      ))}
    </div>
  )
}

/** The changed lines with a few around them. */
function hunksOf(lines: DiffLine[]): FileLine[][] {
  const hunks: FileLine[][] = []
  let shownUntil = 0
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return
    const from = Math.max(shownUntil, at - linesAround)
    const until = Math.min(lines.length, at + linesAround + 1)
    if (hunks.length === 0 || from > shownUntil) hunks.push([])
    hunks.at(-1)?.push(...lines.slice(from, until).map(signed))
    shownUntil = until
  })
  return hunks
}

function signed({ kind, number, text }: DiffLine): FileLine {
  if (kind === 'same') return { number, text }
  return { sign: kind === 'added' ? '+' : '-', number, text }
}
