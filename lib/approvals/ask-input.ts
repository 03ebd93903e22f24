import { AppError } from '@/lib/errors'
import { toolNamePattern } from '@/lib/ids'

/**
 * A name that is not exactly a tool's is refused, never quietly ungated.
 * @throws AppError `invalid_tool_name`
 */
export function requireToolName(tool: string): void {
  if (toolNamePattern.test(tool)) return
  const detail = 'A tool name is 1 to 200 characters of A-Z a-z 0-9 _ . : / - and is compared exactly.'
  throw new AppError('invalid_tool_name', detail, { errors: [{ pointer: '/tool', detail }] })
}
