'use server'

import { UpdateProjectInput } from '@/lib/members/schemas'
import { updateProject } from '@/lib/members/update-project'
import { memberAction } from '@/lib/web/action'

export const saveProject = memberAction({ role: 'admin', input: UpdateProjectInput }, updateProject)
