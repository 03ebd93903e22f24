import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import { searchText } from '@/db/queries/search-text'

/**
 * Writes what search looks at for approvals that were asked for, in one statement. Those that have it already,
 * or are gone, are left as they are.
 * @param approvalIds of any projects; at most a few hundred, since the index of texts takes its time
 */
export async function fillSearch(tx: Transaction, approvalIds: string[]): Promise<void> {
  if (approvalIds.length === 0) return
  const ids = sql`select json_array_elements_text(${JSON.stringify(approvalIds)}::text::json)`
  await tx.execute(sql`
    insert into approval_search (approval_id, project_id, tool_call_id, text)
    select a.id, a.project_id, c.tool_call_id, ${searchText}
    from approvals a join tool_calls c on c.id = a.call_id join runs r on r.id = a.run_id
    where a.id = any(array(${ids}))
    on conflict do nothing`)
}
