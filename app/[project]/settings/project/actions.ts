'use server'

import { archiveProject, unarchiveProject } from '@/lib/archive/archive'
import { updateProject } from '@/lib/members/update-project'
import { memberAction } from '@/lib/sign-in/action'

export const saveProject = memberAction(updateProject)

export const archive = memberAction(archiveProject)

export const unarchive = memberAction(unarchiveProject)
