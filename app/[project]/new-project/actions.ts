'use server'

import { createOwnProject } from '@/lib/members/create-own-project'
import { memberAction } from '@/lib/sign-in/action'

export const createProject = memberAction(createOwnProject)
