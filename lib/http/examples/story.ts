import { agentExamples } from './agents'
import type { Example } from './example'
import { expiryExample, peopleExamples, webhookExamples } from './people'
import { expiredExample, lateRefusalExamples, refusalExamples } from './refusals'

/** Every example in the order in which they happen. */
export const story: Example[] = [
  ...webhookExamples,
  ...agentExamples,
  ...refusalExamples,
  expiryExample,
  expiredExample,
  ...peopleExamples,
  ...lateRefusalExamples,
]
