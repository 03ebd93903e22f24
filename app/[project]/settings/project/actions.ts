'use server'

import { updateProject } from '@/lib/members/update-project'
import { memberAction } from '@/lib/sign-in/action'

export const saveProject = memberAction(updateProject)
