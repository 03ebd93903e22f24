import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { AgentPage } from '@/components/agents/agent-page'
import { findAgentPage } from '@/components/agents/find-agent'
import { agentNamePattern } from '@/lib/ids'
import { requireMember } from '@/lib/web/session'

type Props = {
  params: Promise<{ project: string; agent: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { agent } = await params
  return { title: agentNamePattern.test(agent) ? agent : 'Agent' }
}

export default async function OneAgentPage({ params, searchParams }: Props) {
  const { project, agent: name } = await params
  const ctx = await requireMember(project)
  const data = await findAgentPage(ctx, name, (await searchParams).version)
  if (!data) notFound()
  return <AgentPage ctx={ctx} name={name} data={data} />
}
