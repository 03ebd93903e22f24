import type { Role } from '@/lib/context'
import { roles } from '@/words/roles'

/** The word for a role. */
export const roleWord = (role: Role): string => roles[role]
