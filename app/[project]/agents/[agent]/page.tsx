import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { z } from 'zod'
import { AgentPage } from '@/components/agents/agent-page'
import { LeftOut } from '@/components/ui/left-out'
import { findAgentAtVersion, versionFields } from '@/lib/agents/at-version'
import { agentNamePattern } from '@/lib/ids'
import { pageQuery, type Search } from '@/lib/http/input'
import { pageParams } from '@/lib/http/page-input'
import { requireMember } from '@/lib/sign-in/session'
import { pause } from '../../pause-actions'
import { deploy } from '../actions'

type Props = {
  params: Promise<{ project: string; agent: string }>
  searchParams: Promise<Search>
}

const Address = z.object({ project: z.string(), agent: z.string().regex(agentNamePattern) })

const readAgentAt = cache(async (project: string, name: string, version: string | undefined) => {
  const data = await findAgentAtVersion(await requireMember(project), name, version)
  return data ?? notFound()
})

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { project, agent } = await pageParams(Address, params)
  await readAgentAt(project, agent, pageQuery(versionFields, await searchParams).query.version)
  return { title: agent }
}

export default async function OneAgentPage({ params, searchParams }: Props) {
  const { project, agent: name } = await pageParams(Address, params)
  const ctx = await requireMember(project)
  const { query, leftOut } = pageQuery(versionFields, await searchParams)
  const data = await readAgentAt(project, name, query.version)
  return (
    <>
      <LeftOut names={leftOut} />
      <AgentPage ctx={ctx} name={name} data={data} deploy={deploy} pause={pause} />
    </>
  )
}
