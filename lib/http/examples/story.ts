import { agentExamples } from './agents'
import { editExamples, escalationExamples } from './edits'
import type { Example } from './example'
import { expiryExample, peopleExamples, webhookExamples } from './people'
import { expiredExample, lateRefusalExamples, refusalExamples } from './refusals'

/** Every example in the order in which they happen. */
export const story: Example[] = [
  ...webhookExamples,
  ...agentExamples,
  ...refusalExamples,
  ...escalationExamples,
  expiryExample,
  expiredExample,
  ...editExamples,
  ...peopleExamples,
  ...lateRefusalExamples,
]
