import { AppError } from '@/lib/errors'
import { toolNamePattern, toolNameWords } from '@/lib/ids'
import { writeJson } from '@/lib/json/write'
import { schemaIssues } from '@/lib/policy/edits/taken-schema'
import { pointerTo } from '@/lib/policy/report'

/**
 * A name that is not exactly a tool's is refused, never quietly ungated.
 * @throws AppError `invalid_tool_name`
 */
export function requireToolName(tool: string): void {
  if (toolNamePattern.test(tool)) return
  const detail = toolNameWords
  throw new AppError('invalid_tool_name', detail, { errors: [{ pointer: '/tool', detail }] })
}

const mostSchemaBytes = 32_768

/**
 * A schema of params is one by which an edit can be checked, or it is refused.
 * @throws AppError `invalid_schema`
 */
export function requireSchema(schema: Record<string, unknown> | undefined): void {
  if (schema === undefined) return
  const isTooLong = Buffer.byteLength(writeJson(schema)) > mostSchemaBytes
  const issues = isTooLong
    ? [{ pointer: '', detail: `A schema has at most ${mostSchemaBytes} bytes.` }]
    : schemaIssues(schema)
  const [first] = issues
  if (!first) return
  const at = pointerTo('params_schema')
  throw new AppError('invalid_schema', `${at}${first.pointer}: ${first.detail}`, {
    errors: issues.map((issue) => ({ ...issue, pointer: at + issue.pointer })),
  })
}
