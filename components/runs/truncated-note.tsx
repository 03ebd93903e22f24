import type { ToolCall } from '@/lib/runs/schemas'
import * as say from '@/words/runs/truncated-note'

/** Says that what a tool gave back is not all here, and how much it was. */
export function TruncatedNote({ truncated }: Pick<ToolCall, 'truncated'>) {
  if (truncated === undefined) return null
  return <p className="text-sm text-muted">{say.cut(truncated.bytes)}</p>
}
