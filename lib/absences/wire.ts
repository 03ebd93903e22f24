import type { absences } from '@/db/schema/people'
import type { Absence } from './schemas'

type AbsenceRecord = Pick<typeof absences.$inferSelect, 'id' | 'startsAt' | 'endsAt' | 'delegateId' | 'note'>

/** An absence as everybody in the project sees it. */
export function absenceToWire({ id, startsAt, endsAt, delegateId, note }: AbsenceRecord): Absence {
  return { id, from: startsAt.toISOString(), until: endsAt.toISOString(), delegate_id: delegateId, note }
}
