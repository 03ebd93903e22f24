'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { pages } from '@/lib/paths'
import * as say from '@/words/agents/new-agent'
import { Section } from '../ui/section'
import { DeployForm, type Deploy } from './deploy-form'
import { DraftProvider, useDraft } from './draft'
import { TryCall } from './try-call'

const firstFile = `approval:
  tools:
    - order_tools.cancel_order
    - order_tools.process_refund: param.amount > 1000
  timeout: 3600
  message: "This action requires manager approval."
  on_rejection: continue
`

/** Writes the first file of an agent; calls can be tried before it is deployed. */
export function NewAgent({ project, deploy }: { project: string; deploy: Deploy }) {
  return (
    <DraftProvider keptAs={`${project}/new?form`} initial={{ name: '', config: firstFile, from: null }}>
      <div className="grid gap-x-8 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <NewAgentForm project={project} deploy={deploy} />
        <Section title={say.tryACall} note={say.triedAgainstTheText}>
          <TryCall project={project} name="" tools={[]} shown={null} />
        </Section>
      </div>
    </DraftProvider>
  )
}

function NewAgentForm({ project, deploy }: { project: string; deploy: Deploy }) {
  const { draft, setDraft } = useDraft()
  const router = useRouter()
  const [isLeaving, startLeaving] = useTransition()
  if (!draft) return null
  return (
    <div className="mb-8 min-w-0">
      <DeployForm
        project={project}
        deploy={deploy}
        draft={draft}
        base={null}
        baseConfig={null}
        tools={[]}
        isLeaving={isLeaving}
        onDone={(name) =>
          startLeaving(() => {
            setDraft(null)
            router.push(pages.agent(project, name))
          })
        }
        onCancel={() => {
          setDraft(null)
          router.push(pages.agents(project))
        }}
      />
    </div>
  )
}
