'use server'

import { changeRole } from '@/lib/members/change-role'
import { inviteMember } from '@/lib/members/invite'
import { removeMember } from '@/lib/members/remove'
import { memberAction } from '@/lib/sign-in/action'

/** Invites a person, or renews their open invitation. */
export const invite = memberAction(inviteMember)

export const setRole = memberAction(changeRole)

/** Removes a member, or withdraws an invitation. */
export const remove = memberAction(removeMember)
