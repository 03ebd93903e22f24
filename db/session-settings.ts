/**
 * What every session of ours is set to, whatever a role, a database or the server has for a default: with these,
 * what we write is taken and what we read is meant as it is everywhere else, in our own tables, within our own
 * limits.
 */
export const steadySettings = {
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: 1,
  array_nulls: 'on',
  transform_null_equals: 'off',
  gin_fuzzy_search_limit: 0,
  row_security: 'on',
  search_path: 'public',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  synchronous_commit: 'on',
  statement_timeout: 0,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  idle_session_timeout: 0,
} as const

export type Settings = Record<string, string | number>

/** PostgreSQL 17 has this one more, and an older one refuses its name. */
const setWhereThere = `select pg_catalog.set_config(name, '0', false) from pg_catalog.pg_settings
  where name = 'transaction_timeout'`

/** The statements that make a session so. */
export function settingStatements(settings: Settings): string {
  const all = Object.entries({ ...steadySettings, ...settings })
  const lines = all.map(([name, value]) => `set ${name} = '${String(value).replaceAll("'", "''")}'`)
  return [...lines, setWhereThere].join(';\n')
}
