import type { ToolCall } from '@/lib/runs/schemas'

/** Says that what a tool gave back is not all here, and how much it was. */
export function TruncatedNote({ truncated }: Pick<ToolCall, 'truncated'>) {
  if (truncated === undefined) return null
  const bytes = truncated.bytes.toLocaleString('en-US')
  return (
    <p className="text-sm text-muted">
      Cut, {bytes} bytes in all: of each value only the first 256 kB are kept.
    </p>
  )
}
