import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'

/**
 * Whether a column is one of many texts, which go as one parameter whatever their number. As an array, not as a
 * set to join with, so that each is looked up by the column's index even where the planner knows no figures.
 */
export function isOneOf(column: SQLWrapper, values: string[]): SQL {
  return sql`${column} = any(array(select json_array_elements_text(${JSON.stringify(values)}::text::json)))`
}
