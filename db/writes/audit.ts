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
 * The one way into the audit log: writes the rows of the relation `e`, which has these columns, in the order of its
 * `place`.
 * @param from what to select from, with `e` in it
 * @param at their time
 */
export function insertEntries(from: string, at: string): string {
  const names = Object.keys(auditColumns).filter((name) => name !== 'audit_id')
  return `insert into audit_entries (id, at, ${names.join(', ')})
  select e.audit_id, ${at}, ${names.map((name) => `e.${name}`).join(', ')}
  from ${from}
  order by e.place`
}
