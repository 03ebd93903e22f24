import Link from 'next/link'
import type { Agent } from '@/lib/agents/schemas'
import { pages } from '@/lib/paths'
import { deployCommand } from '@/lib/try-it'
import * as say from '@/words/agents/agent-list'
import { Badge } from '../ui/badge'
import { EmptyState } from '../ui/empty-state'
import { ListFrame } from '../ui/table'
import { Age } from '../ui/time'
import { UntrustedText } from '../ui/untrusted-text'

type ListedAgent = Omit<Agent, 'config'>

/** Agents by name, each with what it gates and who deployed it. */
export function AgentList({ project, agents }: { project: string; agents: ListedAgent[] }) {
  return (
    <ListFrame>
      <ul aria-label={say.agents} className="divide-y divide-line">
        {agents.map((agent) => (
          <AgentRow key={agent.name} project={project} agent={agent} />
        ))}
      </ul>
    </ListFrame>
  )
}

function AgentRow({ project, agent }: { project: string; agent: ListedAgent }) {
  const { name, version, policy, warnings, deployed_by, deployed_at, paused } = agent
  return (
    <li className="grid gap-x-4 gap-y-1 px-3 py-2.5 hover:bg-hover sm:px-4 md:grid-cols-[minmax(0,1.3fr)_12rem_minmax(0,1fr)_auto] md:items-baseline">
      <p className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <Link href={pages.agent(project, name)} className="min-w-0 font-medium wrap-anywhere hover:underline">
          {name}
        </Link>
        {paused && (
          <Badge tone="danger" icon="warning">
            {say.paused}
          </Badge>
        )}
        {warnings.length > 0 && (
          <Badge tone="warn" icon="warning">
            {say.warningCount(warnings.length)}
          </Badge>
        )}
      </p>
      <p className="min-w-0 text-sm">
        {say.versionNumber(version)}{' '}
        <span className="text-muted">· {say.gatedTools(policy.tools.length)}</span>
      </p>
      <p className="min-w-0 text-sm text-muted">
        {say.by(<UntrustedText text={deployed_by.label} singleLine isBrief maxCharacters={120} />)}{' '}
        <Age at={deployed_at} isLong />
      </p>
      <p className="flex gap-3 text-sm">
        <Link
          href={pages.approvals(project, { agent: name })}
          prefetch={false}
          className="text-accent hover:underline"
        >
          {say.approvals}
          <span className="sr-only"> {say.of(name)}</span>
        </Link>
        <Link
          href={pages.runs(project, { agent: name })}
          prefetch={false}
          className="text-accent hover:underline"
        >
          {say.runs}
          <span className="sr-only"> {say.of(name)}</span>
        </Link>
      </p>
    </li>
  )
}

/** No agent has a policy: what will appear, and the command that deploys the first. */
export function AgentsEmpty({ appUrl }: { appUrl: string }) {
  return (
    <EmptyState
      icon="agents"
      title={say.noAgentYet}
      command={deployCommand(appUrl, '$HOLDPOINT_DEPLOY_KEY', '@agent.yaml')}
    >
      {say.whenOneAppears(<code className="code">deploy</code>)}
    </EmptyState>
  )
}
