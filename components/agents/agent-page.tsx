import Link from 'next/link'
import type { AgentAtVersion } from '@/lib/agents/at-version'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { toolNamePattern } from '@/lib/ids'
import { pages } from '@/lib/paths'
import * as say from '@/words/agents/agent-page'
import { UnlessArchived } from '../archive/unless-archived'
import { buttonClass } from '../ui/button'
import { Notice } from '../ui/notice'
import { PageHeader } from '../ui/page-header'
import { Section } from '../ui/section'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'
import { PauseControl, type PauseAction } from '../pause/pause-control'
import { AgentFile } from './agent-file'
import type { Deploy } from './deploy-form'
import { DraftProvider } from './draft'
import { PolicyView } from './policy-view'
import { PolicyWarnings } from './policy-warnings'
import { TryCall } from './try-call'
import { VersionList } from './version-list'

type AgentPageProps = {
  ctx: Context<MemberActor>
  name: string
  data: AgentAtVersion
  deploy: Deploy
  pause: PauseAction
}

/** One agent: the policy as understood, the file, its versions, and a form that tries a call. */
export function AgentPage({ ctx, name, data, deploy, pause }: AgentPageProps) {
  const { inForce, shown, before, versions, isUnknownVersion } = data
  const project = ctx.project.slug
  const isInForce = shown.version === inForce
  const tools = callable([...shown.policy.tools.map(({ tool }) => tool), ...data.tools])
  return (
    <>
      <AgentsCrumb project={project} />
      <PageHeader
        title={name}
        note={
          <>
            {say.deployedBy(
              shown.version,
              <UntrustedText text={shown.deployedBy} singleLine isBrief maxCharacters={120} />,
              <Age at={shown.deployed_at} isLong />,
            )}
          </>
        }
        actions={
          <>
            <Link
              href={pages.approvals(project, { agent: name })}
              className={buttonClass({ size: 'sm', variant: 'ghost' })}
            >
              {say.approvals}
            </Link>
            <Link
              href={pages.runs(project, { agent: name })}
              className={buttonClass({ size: 'sm', variant: 'ghost' })}
            >
              {say.runs}
            </Link>
            {hasRole(ctx.actor.role, 'reviewer') && !data.isPaused && (
              <UnlessArchived>
                <PauseControl project={project} agent={name} isPaused={false} act={pause} />
              </UnlessArchived>
            )}
          </>
        }
      />
      {isUnknownVersion && (
        <div className="mb-6">
          <Notice tone="warn">{say.unknownVersion}</Notice>
        </div>
      )}
      {!isInForce && (
        <div className="mb-6">
          <Notice>
            {say.notTheOneInForce(
              shown.version,
              inForce,
              <Link href={pages.agent(project, name)} className="text-accent underline underline-offset-2">
                {say.showTheOneInForce}
              </Link>,
            )}
          </Notice>
        </div>
      )}
      <PolicyWarnings warnings={shown.warnings} />
      <DraftProvider keptAs={`${project}/${name}`}>
        <div className="grid gap-x-8 xl:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="min-w-0">
            <Section title={say.policyAsUnderstood} note={say.whatTheGateReads(shown.version)}>
              <PolicyView policy={shown.policy} />
            </Section>
            <AgentFile
              project={project}
              name={name}
              shown={shown}
              before={before}
              inForce={inForce}
              inForceConfig={data.inForceConfig}
              tools={tools}
              deploy={hasRole(ctx.actor.role, 'admin') ? deploy : null}
            />
          </div>
          <div className="min-w-0">
            <Section title={say.tryACall} note={say.whatTheGateWouldSay}>
              <TryCall
                project={project}
                name={name}
                tools={tools}
                shown={{ version: shown.version, isInForce, config: shown.config }}
              />
            </Section>
            <VersionList
              project={project}
              name={name}
              versions={versions}
              inForce={inForce}
              shown={shown.version}
            />
          </div>
        </div>
      </DraftProvider>
    </>
  )
}

export function AgentsCrumb({ project }: { project: string }) {
  return (
    <p className="mb-1 text-sm">
      <Link href={pages.agents(project)} className="text-muted hover:text-ink hover:underline">
        {say.agents}
      </Link>
    </p>
  )
}

/** Tools that a call can name, for the forms to offer. */
function callable(names: string[]): string[] {
  return [...new Set(names)].filter((tool) => toolNamePattern.test(tool)).slice(0, 100)
}
