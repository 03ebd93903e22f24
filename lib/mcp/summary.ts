import { z } from 'zod'
import { plainText } from '@/lib/untrusted/channels'

/** What a model is told of an approval: what to do, and nothing that somebody else wrote for it to obey. */
export const Summary = z.object({
  required: z.boolean().describe('Whether a person has to decide.'),
  approval_id: z.string().nullable(),
  status: z.string().nullable().describe('pending, approved, rejected, expired or cancelled'),
  run_id: z.string(),
  call_id: z.string(),
  tool: z.string().nullable(),
  digest: z.string().nullable(),
  url: z.string().nullable().describe('Where a person decides.'),
  expires_at: z.string().nullable(),
  claimed_at: z.string().nullable(),
  next: z.object({ action: z.string(), message: z.string() }).describe('What to do now.'),
})

const texts = ['status', 'tool', 'digest', 'url', 'expires_at', 'claimed_at'] as const

export function summaryOf(approval: Record<string, unknown>): z.infer<typeof Summary> {
  const text = (name: string) => {
    const value = approval[name]
    return typeof value === 'string' ? value : null
  }
  const { action, message } = approval.next as { action: string; message: string }
  return {
    required: approval.required === true,
    approval_id: text('id'),
    run_id: String(approval.run_id),
    call_id: String(approval.tool_call_id),
    ...(Object.fromEntries(texts.map((name) => [name, text(name)])) as Record<
      (typeof texts)[number],
      string | null
    >),
    next: { action, message: plainText(message, { maxCharacters: 6000 }) },
  }
}
