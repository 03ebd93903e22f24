import { findMember, findProject, listMembers } from '@/db/queries/members'
import { AppError, notFound } from '@/lib/errors'
import { listOf, Paging } from '@/lib/query'
import { verb } from '@/lib/verb'
import { Member, MemberById, ProjectDetails } from './schemas'
import { memberToWire, projectToWire } from './wire'

/**
 * A page of the project's members, invited ones included.
 * @throws AppError `forbidden` for agent keys, `invalid_cursor`
 */
export const readMembers = verb(
  { summary: 'List members', need: 'viewer', query: Paging, output: listOf(Member), refuses: [] },
  async (ctx, page) => {
    const { items, nextCursor } = await listMembers(ctx.db, ctx.project.id, page)
    return { items: items.map(memberToWire), next_cursor: nextCursor }
  },
)

/**
 * One member of the project, joined or invited.
 * @throws AppError `forbidden` for agent keys, `not_found`
 */
export const readMember = verb(
  { summary: 'Read a member', need: 'viewer', path: MemberById, output: Member, refuses: ['not_found'] },
  async (ctx, { id }) => {
    const member = await findMember(ctx.db, ctx.project.id, id)
    if (!member) throw notFound()
    return memberToWire(member)
  },
)

/**
 * The project with its settings.
 * @throws AppError `forbidden` for agent keys
 */
export const readProject = verb(
  { summary: 'Read the project', need: 'viewer', output: ProjectDetails, refuses: [] },
  async (ctx) => {
    const project = await findProject(ctx.db, ctx.project.id)
    if (!project) throw new AppError('not_found', 'There is no such project.')
    return projectToWire(project)
  },
)
