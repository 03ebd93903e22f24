import { z } from 'zod'

const one = {
  id: z.string(),
  reason: z.string().max(4096, 'At most 4,096 characters.').optional(),
  /** Never left out on a page: what was decided is what was shown. */
  digest: z.string().min(1),
}

/** A decision as a page sends it. */
export const DecideFromPage = z.strictObject({
  ...one,
  decision: z.enum(['approve', 'reject', 'request_changes', 'withdraw']),
  /** Of an edit: JSON of all params, read as strictly as what an agent sends. */
  params: z.string().max(1_000_000).optional(),
})
export type DecideFromPage = z.infer<typeof DecideFromPage>

/** A decision against what the policy demands, as a page sends it. */
export const OverrideFromPage = z.strictObject({
  id: one.id,
  digest: one.digest,
  override: z.strictObject({ reason: z.string().max(4096, 'At most 4,096 characters.') }),
})
export type OverrideFromPage = z.infer<typeof OverrideFromPage>

/** Several decisions as a page sends them. */
export const DecideManyFromPage = z.strictObject({
  items: z
    .array(z.strictObject({ ...one, decision: z.enum(['approve', 'reject']) }))
    .min(1)
    .max(100),
})
export type DecideManyFromPage = z.infer<typeof DecideManyFromPage>
