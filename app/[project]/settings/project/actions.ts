'use server'

import { UpdateProjectInput } from '@/lib/members/schemas'
import { updateProject } from '@/lib/members/update-project'
import { memberAction } from '@/lib/sign-in/action'

export const saveProject = memberAction({ role: 'admin', input: UpdateProjectInput }, updateProject)
