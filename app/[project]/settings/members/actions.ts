'use server'

import { z } from 'zod'
import { changeRole } from '@/lib/members/change-role'
import { inviteMember } from '@/lib/members/invite'
import { removeMember } from '@/lib/members/remove'
import { ChangeRoleInput, InviteMemberInput } from '@/lib/members/schemas'
import { memberAction } from '@/lib/sign-in/action'

const Id = z.string().max(128)

/** Invites a person, or renews their open invitation. */
export const invite = memberAction({ role: 'owner', input: InviteMemberInput }, inviteMember)

export const setRole = memberAction({ role: 'owner', input: ChangeRoleInput.extend({ id: Id }) }, changeRole)

/** Removes a member, or withdraws an invitation. */
export const remove = memberAction(
  { role: 'owner', input: z.strictObject({ id: Id }) },
  async (ctx, input) => {
    await removeMember(ctx, input)
    return null
  },
)
