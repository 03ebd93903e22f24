'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useMemo, useRef, useState, useTransition } from 'react'
import type { ShownVersion } from '@/lib/agents/at-version'
import { pages } from '@/lib/paths'
import * as say from '@/words/agents/agent-file'
import { UnlessArchived } from '../archive/unless-archived'
import { Button } from '../ui/button'
import { CopyButton } from '../ui/copy-button'
import { Section } from '../ui/section'
import { DeployForm, type Deploy } from './deploy-form'
import { useDraft } from './draft'
import { Changes } from './changes'
import { FileLines } from './file-lines'
import { sourceLines } from './line-diff'
import { RollBack } from './roll-back'
import { hasPlace } from './place'

type AgentFileProps = {
  project: string
  name: string
  shown: ShownVersion
  /** The version before the shown one. */
  before: { version: number; config: string } | null
  inForce: number
  /** The text in force, where another version is shown. */
  inForceConfig: string | null
  /** Names of tools that the agent calls. */
  tools: readonly string[]
  /** Null for whoever may only read. */
  deploy: Deploy | null
}

/** The file as it was sent, what it changed, and for admins the form that deploys the next. */
export function AgentFile(props: AgentFileProps) {
  const { project, name, shown, before, inForce, inForceConfig, tools, deploy } = props
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
      <Section title={say.newVersionOf(name)} note={say.begunFrom(draft.from ?? inForce, inForce)}>
        <DeployForm
          project={project}
          deploy={deploy}
          draft={draft}
          base={inForce}
          baseConfig={inForceConfig ?? config}
          tools={tools}
          isLeaving={isLeaving}
          onCancel={() => setDraft(null)}
          onDone={showInForce}
        />
      </Section>
    )
  }
  return (
    <Section
      title={say.file}
      note={say.asSentWith(version)}
      actions={
        <>
          {before && (
            <Button variant="ghost" size="sm" aria-pressed={isDiff} onClick={() => setIsDiff(!isDiff)}>
              {isDiff ? say.wholeFile : say.changesSince(before.version)}
            </Button>
          )}
          <CopyButton text={config} label={say.copyTheFile} />
          {deploy && (
            <UnlessArchived>
              {inForceConfig !== null && (
                <RollBack
                  project={project}
                  name={name}
                  shown={shown}
                  inForce={{ version: inForce, config: inForceConfig }}
                  deploy={deploy}
                  onDone={showInForce}
                />
              )}
              <Button ref={editButton} size="sm" onClick={() => setDraft({ name, config, from: version })}>
                {version === inForce ? say.editAndDeploy : say.editFrom(version)}
              </Button>
            </UnlessArchived>
          )}
        </>
      }
    >
      {isDiff && before ? <Changes before={before.config} after={config} /> : <WholeFile shown={shown} />}
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
  return <FileLines label={say.fileOfVersion(shown.version)} lines={lines} markedLines={marked} />
}
