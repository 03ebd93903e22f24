import Link from 'next/link'
import type { Agent } from '@/lib/agents/schemas'
import { pages } from '@/lib/paths'
import { deployCommand } from '@/lib/try-it'
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
      <ul aria-label="Agents" className="divide-y divide-line">
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
            Paused
          </Badge>
        )}
        {warnings.length > 0 && (
          <Badge tone="warn" icon="warning">
            {warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`}
          </Badge>
        )}
      </p>
      <p className="min-w-0 text-sm">
        Version {version} <span className="text-muted">· {gatedWords(policy.tools.length)}</span>
      </p>
      <p className="min-w-0 text-sm text-muted">
        by <UntrustedText text={deployed_by.label} singleLine isBrief maxCharacters={120} />{' '}
        <Age at={deployed_at} isLong />
      </p>
      <p className="flex gap-3 text-sm">
        <Link
          href={pages.approvals(project, { agent: name })}
          prefetch={false}
          className="text-accent hover:underline"
        >
          Approvals<span className="sr-only"> of {name}</span>
        </Link>
        <Link
          href={pages.runs(project, { agent: name })}
          prefetch={false}
          className="text-accent hover:underline"
        >
          Runs<span className="sr-only"> of {name}</span>
        </Link>
      </p>
    </li>
  )
}

function gatedWords(count: number): string {
  if (count === 0) return 'gates nothing'
  return count === 1 ? '1 gated tool' : `${count} gated tools`
}

/** No agent has a policy: what will appear, and the command that deploys the first. */
export function AgentsEmpty({ appUrl }: { appUrl: string }) {
  return (
    <EmptyState
      icon="agents"
      title="No agent yet"
      command={deployCommand(appUrl, '$HOLDPOINT_DEPLOY_KEY', '@agent.yaml')}
    >
      An agent appears here when its file is deployed: which of its tools are gated, on what conditions, and
      every version. With a key that has the scope <code className="code">deploy</code>, or your personal
      token:
    </EmptyState>
  )
}
