import { z } from 'zod'

/** Far above what a file may have, so that a text too long gets the verb's own words. */
const mostCharacters = 400_000

/** A file as the form sends it. */
export const DeployFromPage = z.strictObject({
  name: z.string().max(200),
  config: z.string().max(mostCharacters, 'This text is far too long.'),
  /** The version that the form began from; null for an agent that has none. */
  base: z.int().positive().nullable(),
})
export type DeployFromPage = z.infer<typeof DeployFromPage>
