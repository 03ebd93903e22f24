import { z } from 'zod'
import type { CheckResult, Policy } from '@/lib/agents/schemas'

/** Far above what the verbs accept, so that a text too long gets their own words. */
const mostCharacters = 400_000
const fileText = z.string().max(mostCharacters, 'This text is far too long.')

export const DeployFromPage = z.strictObject({
  name: z.string().max(200),
  config: fileText,
  /** The version that the form began from; null for an agent that has none. */
  base: z.int().positive().nullable(),
})

export const CheckFromPage = z.strictObject({
  name: z.string().max(200),
  tool: z.string().max(1000),
  params: fileText,
  context: fileText,
  /** Judges by this text instead of the version in force. */
  config: fileText.optional(),
})

export type PolicyEntry = Policy['tools'][number]

/** What the gate says of a tried call, and every entry that names its tool. */
export type Checked = CheckResult & { entries: PolicyEntry[] }
