import { afterAll } from 'vitest'

/** Keeps what ran and what was told in each case, and prints it behind the tests. */
export function keepBook(): (row: Record<string, unknown>) => void {
  const rows: string[] = []
  afterAll(() => console.log(rows.join('\n')))
  return (row) => void rows.push(JSON.stringify(row))
}
