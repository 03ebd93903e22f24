import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { OverrideProvider } from '@/components/approvals/override-context'
import { Desk } from '@/components/approvals/desk'
import { DecidedEmpty, QueueEmpty } from '@/components/approvals/queue-empty'
import { isNarrowed, listOfFilter, type QueueFilter } from '@/components/approvals/filter'
import { hiddenCookie } from '@/components/approvals/first-steps-hidden'
import { queueFields } from '@/lib/approvals/queue-filter'
import { TalkProvider } from '@/components/approvals/talk/talk-context'
import { LeftOut } from '@/components/ui/left-out'
import { rowsPerPage } from '@/components/ui/rows-per-page'
import { readAgentNames } from '@/lib/agents/names'
import { readShare } from '@/lib/approvals/mine'
import { readApproval, readSeenApprovals } from '@/lib/approvals/read'
import type { Approval } from '@/lib/approvals/schemas'
import { hasRole, type Context, type MemberActor } from '@/lib/context'
import { AppError } from '@/lib/errors'
import { readFirstSteps } from '@/lib/members/first-steps'
import { readProject } from '@/lib/members/read'
import { pageQuery, type Search } from '@/lib/http/input'
import { pages } from '@/lib/paths'
import { requireMember } from '@/lib/sign-in/session'
import { readViews } from '@/lib/views/read'
import * as say from '@/words/pages/approvals'
import {
  assign,
  changeView,
  comment,
  decide,
  decideMany,
  extend,
  override,
  removeView,
  saveView,
  snooze,
  unsnooze,
} from '../actions'

export const metadata: Metadata = { title: say.approvals }

const ApprovalId = z.string().max(200)

type Props = {
  params: Promise<{ project: string; approval?: string[] }>
  searchParams: Promise<Search>
}

/**
 * The reviewer's desk, with or without the request that the address names. Links in mails and messages lead here with
 * `?approval=ID`; opening one decides nothing.
 */
export default async function ApprovalsPage({ params, searchParams }: Props) {
  const { project: slug, approval: named } = await params
  const ctx = await requireMember(slug)
  const project = ctx.project.slug
  const search = await searchParams
  const { query, leftOut } = pageQuery({ ...queueFields, approval: ApprovalId }, search)
  const { approval: linkedId, ...asked } = query
  if (linkedId !== undefined) redirect(pages.approval(project, linkedId, asked))
  const id = named?.map(decodeURIComponent).join('/')
  const saved = readViews(ctx)
  if (id === undefined && Object.keys(search).length === 0) await beginWithView(project, saved)
  const readAt = Date.now()
  const [{ filter, initial, hasShares }, { items: views }, agents, isOverridable] = await Promise.all([
    readQueue(ctx, asked),
    saved,
    readAgentNames(ctx),
    hasRole(ctx.actor.role, 'admin') && readProject(ctx).then((one) => one.break_glass),
  ])
  const isListed = id === undefined || initial?.items.some((one) => one.id === id) === true
  const linked = isListed ? null : await findLinked(ctx, id)
  const isPending = filter.status === undefined
  const firstSteps = (await hasHidden(ctx))
    ? null
    : { read: readFirstSteps(ctx).catch(() => null), appUrl: ctx.appUrl, person: ctx.actor.id }
  const isReviewer = hasRole(ctx.actor.role, 'reviewer')
  const isAdmin = hasRole(ctx.actor.role, 'admin')
  const Empty = isPending ? QueueEmpty : DecidedEmpty
  return (
    <OverrideProvider override={isOverridable ? override : null}>
      <TalkProvider
        actions={{
          comment,
          snooze: { put: snooze, take: unsnooze },
          coordinate: isReviewer ? { assign, extend, isAdmin } : null,
        }}
      >
        <LeftOut names={leftOut} />
        <Desk
          project={project}
          filter={filter}
          initial={initial}
          readAt={readAt}
          linked={linked}
          agents={agents}
          hasShares={hasShares}
          saved={{ views, actions: viewActions, isAdmin, isMineImplied: filter.mine !== asked.mine }}
          deciding={isReviewer ? { decide, decideMany } : null}
          empty={
            <Empty
              isFiltered={isNarrowed(filter)}
              isMine={filter.mine === 'true'}
              hasAgents={agents.length > 0}
              appUrl={ctx.appUrl}
            />
          }
          firstSteps={firstSteps}
        />
      </TalkProvider>
    </OverrideProvider>
  )
}

const viewActions = { save: saveView, change: changeView, remove: removeView }

/** Who says nothing begins with the view that they chose for that. */
async function beginWithView(project: string, saved: ReturnType<typeof readViews>): Promise<void> {
  const view = (await saved).items.find((one) => one.is_default)
  if (view && Object.keys(view.filter).length > 0) redirect(pages.approvals(project, view.filter))
}

/** Whether this person would not see the first steps, so that nothing is read for them. */
async function hasHidden({ project, actor }: Context<MemberActor>): Promise<boolean> {
  if (!hasRole(actor.role, 'admin')) return true
  return (await cookies()).get(hiddenCookie(project.slug))?.value === actor.id
}

/**
 * The first rows, and of which filters they are: whoever is asked by what is not asked of everybody sees what waits for
 * them, until they say otherwise.
 */
async function readQueue(ctx: Context<MemberActor>, asked: QueueFilter) {
  const isPending = asked.status === undefined
  const [share, initial] = await Promise.all([
    isPending && hasRole(ctx.actor.role, 'reviewer') ? readShare(ctx) : 'none',
    readList(ctx, asked),
  ])
  const hasShares = share !== 'none'
  if (share !== 'own' || asked.mine !== undefined) return { filter: asked, initial, hasShares }
  const filter: QueueFilter = { ...asked, mine: 'true' }
  return { filter, initial: await readList(ctx, filter), hasShares }
}

/**
 * The first rows of a list. What is pending is waited for; a search among all that was decided is left to the browser, and so is
 * what could not be read in time: it reads it again, and says why it cannot be.
 */
async function readList(ctx: Context, filter: QueueFilter) {
  const isPending = filter.status === undefined
  if (!isPending && filter.q !== undefined) return null
  const { mine, due, run_id: runId, snoozed: putOff, ...of } = listOfFilter(filter)
  const dueWithin = due === undefined ? undefined : Number(due)
  const snoozed = putOff === undefined ? undefined : putOff === 'true'
  const narrow = { ...of, mine: mine === 'true', snoozed, dueWithin, runId }
  const read = readSeenApprovals(ctx, { ...narrow, limit: rowsPerPage })
  return isPending ? read : read.catch(() => null)
}

async function findLinked(ctx: Context, id: string): Promise<Approval | 'unknown'> {
  try {
    return await readApproval(ctx, id)
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not_found' || error.code === 'invalid_id'))
      return 'unknown'
    throw error
  }
}
