import { z } from 'zod'
import { cueFilters } from './context/cue-filter'
import { groupings } from './groupings'
import { shownDues, shownSorts, shownStatuses } from './shown'

/** The filters of the Approvals page as its address has them. */
export const queueFields = {
  status: z.string().trim().pipe(z.enum(shownStatuses)),
  agent: z.string().trim().max(64),
  tool: z.string().trim().max(200),
  q: z.string().trim().max(200),
  sort: z.string().trim().pipe(z.enum(shownSorts)),
  rule: z.string().trim().max(2000),
  due: z.enum(shownDues),
  mine: z.enum(['true', 'false']),
  cue: z.enum(cueFilters),
  snoozed: z.enum(['true']),
  run: z.string().trim().max(1024),
  group: z.enum(groupings),
}
