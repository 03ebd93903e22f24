import { rowsOf } from '../statement'

/** What an entry is made of, beside its time. */
export const auditColumns = {
  audit_id: 'text',
  project_id: 'text',
  action: 'text',
  actor_type: 'text',
  actor_id: 'text',
  actor_label: 'text',
  via: 'text',
  target_type: 'text',
  target_id: 'text',
  target_label: 'text',
  detail: 'text',
  credential_id: 'text',
  request_id: 'text',
  address: 'text',
}

/** An entry that is to be written. */
export type AuditValues = Record<keyof typeof auditColumns, string | null>

/**
 * The one way into the audit log: writes a list of entries, in its order.
 * @param entries the list, as JSON
 * @param options `at` their time; `from` further relations that these two name, and the order among their rows
 */
export function insertEntries(
  entries: string,
  { at, from, order }: { at: string; from?: string; order?: string },
): string {
  const names = Object.keys(auditColumns).filter((name) => name !== 'audit_id')
  return `insert into audit_entries (id, at, ${names.join(', ')})
  select e.audit_id, ${at}, ${names.map((name) => `e.${name}`).join(', ')}
  from ${from === undefined ? '' : `${from} cross join lateral `}${rowsOf(auditColumns, entries, 'e', 'place')}
  order by ${order === undefined ? '' : `${order}, `}e.place`
}
