'use server'

import { clearAbsence, setAbsence } from '@/lib/absences/set'
import { createGroup } from '@/lib/groups/create'
import { deleteGroup } from '@/lib/groups/delete'
import { addGroupMember, removeGroupMember } from '@/lib/groups/members'
import { updateGroup } from '@/lib/groups/update'
import { memberAction } from '@/lib/sign-in/action'

export const makeGroup = memberAction(createGroup)
export const changeGroup = memberAction(updateGroup)

/** Refused while a policy in force or a request that waits names the group. */
export const removeGroup = memberAction(deleteGroup)
export const addToGroup = memberAction(addGroupMember)
export const takeFromGroup = memberAction(removeGroupMember)

/** Says when a member is away, and who decides in their place. */
export const sayAway = memberAction(setAbsence)
export const sayBack = memberAction(clearAbsence)
