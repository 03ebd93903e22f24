'use client'

import { useEffect, useState } from 'react'
import useSWR from 'swr'
import type { SeenApproval } from '@/lib/approvals/schemas'
import type { Listed } from '@/lib/fields'
import type { ListedRun } from '@/lib/runs/schemas'
import { api, pages } from '@/lib/paths'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/frame/use-found'
import { callWords } from '../approvals/call-words'
import { statusWord } from '../ui/badge'
import type { Command } from './commands'

type Group = [name: string, commands: Command[]]
type FoundApproval = Pick<SeenApproval, 'id' | 'tool' | 'agent' | 'status' | 'rule' | 'params_start'>
type FoundRun = Pick<ListedRun, 'id' | 'agent' | 'status' | 'external_id'>

/** Fewer letters are in too much to be looked for. */
const minLetters = 3
const pauseMs = 200
const most = 5

const line = (text: string) => plainText(text.slice(0, 120), { singleLine: true })

/** What is not known before: the project's agents, what an id names, and the requests and runs that a text is in. */
export function useFound(project: string, typed: string, isAdmin: boolean) {
  const text = typed.trim()
  const q = useSettled(text)
  const isSought = q.length >= minLetters
  const once = { refreshInterval: 0, revalidateOnFocus: false, shouldRetryOnError: false }
  const agents = useSWR<Listed<{ name: string }>>(api.agents(project, { fields: 'name', limit: 100 }), once)
  const list = { q, limit: most }
  const approvals = useSWR<Listed<FoundApproval>>(
    isSought ? api.approvals(project, { ...list, fields: 'id,tool,agent,status,rule,params_start' }) : null,
    once,
  )
  const runs = useSWR<Listed<FoundRun>>(
    isSought ? api.runs(project, { ...list, fields: 'id,agent,status,external_id' }) : null,
    once,
  )
  const isCurrent = isSought && q === text
  return {
    isLooking: text.length >= minLetters && (!isCurrent || approvals.isLoading || runs.isLoading),
    agents: (agents.data?.items ?? []).map(({ name }): Command => {
      return {
        id: `agent-${name}`,
        words: name,
        group: say.agents,
        icon: 'agents',
        also: say.alsoAgent,
        href: pages.agent(project, name),
      }
    }),
    named: named(project, text),
    matching: matching(
      project,
      text,
      isAdmin,
      isCurrent ? approvals.data?.items : [],
      isCurrent ? runs.data?.items : [],
    ),
  }
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** What an id names, there or not: its page says so. */
function named(project: string, text: string): Group[] {
  const [, kind] = /^(apr|run)_\w+$/.exec(text) ?? []
  if (kind === undefined) return []
  const group = say.openGroup
  const command: Command =
    kind === 'apr'
      ? { id: 'id', words: say.request(text), group, icon: 'approvals', href: pages.approval(project, text) }
      : {
          id: 'id',
          words: say.run(text),
          group,
          icon: 'runs',
          href: pages.run(project, text),
          opensOver: true,
        }
  return [[group, [command]]]
}

function matching(
  project: string,
  text: string,
  isAdmin: boolean,
  approvals: FoundApproval[] = [],
  runs: FoundRun[] = [],
): Group[] {
  if (text === '') return []
  const requests = approvals.map((approval): Command => {
    const { id, tool, agent, status } = approval
    const words = callWords(approval as SeenApproval)
    const about = [words?.lead?.value ?? '', ...(words?.rest ?? [])].filter(Boolean).slice(0, 2)
    const note = [statusWord(status), ...about, line(agent)].join(' · ')
    return {
      id,
      words: line(tool),
      note,
      group: say.requests,
      icon: 'approvals',
      href: pages.approval(project, id),
    }
  })
  const found = runs.map(({ id, agent, status, external_id }): Command => {
    const note = `${line(agent)} · ${statusWord(status)}`
    return {
      id,
      words: line(external_id ?? id),
      note,
      group: say.runs,
      icon: 'runs',
      href: pages.run(project, id),
      opensOver: true,
    }
  })
  const search = (id: string, words: (text: string) => string, href: string): Command => {
    return { id: `search-${id}`, words: words(line(text)), group: say.search, icon: 'search', href }
  }
  return [
    ...(requests.length > 0 ? [[say.requests, requests] as Group] : []),
    ...(found.length > 0 ? [[say.runs, found] as Group] : []),
    [
      say.search,
      [
        search('pending', say.pendingRequestsWith, pages.approvals(project, { q: text })),
        search('decided', say.decidedRequestsWith, pages.approvals(project, { status: 'decided', q: text })),
        search('runs', say.runsWith, pages.runs(project, { q: text })),
        ...(isAdmin ? [search('audit', say.auditEntriesAbout, pages.audit(project, { target: text }))] : []),
      ],
    ],
  ]
}
