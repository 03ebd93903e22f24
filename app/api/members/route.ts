import { requireRole } from '@/lib/context'
import { inviteMember } from '@/lib/members/invite'
import { readMembers } from '@/lib/members/read'
import { InviteMemberInput, type InvitedMember } from '@/lib/members/schemas'
import { Paging } from '@/lib/http/query'
import { resource, route } from '@/lib/http/route'

const list = route({ query: Paging, access: (ctx) => requireRole(ctx, 'viewer') }, ({ ctx, query }) =>
  readMembers(ctx, query),
)

const invite = route(
  { body: InviteMemberInput, status: 201, access: (ctx) => requireRole(ctx, 'owner') },
  async ({ ctx, body }): Promise<InvitedMember> => {
    const { member, inviteUrl } = await inviteMember(ctx, body)
    return { ...member, invite_url: inviteUrl }
  },
)

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list, POST: invite })
