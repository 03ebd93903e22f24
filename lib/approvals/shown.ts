import { outcomes } from './statuses'

/** What a tab of the console shows: what is pending, all that is decided, or one outcome of it. */
export const shownStatuses = ['decided', ...outcomes] as const
export const shownSorts = ['deadline', 'oldest', 'newest', 'largest'] as const
/** Within how many seconds what is shown is due, as the address says it. */
export const shownDues = ['600', '3600'] as const
