import { agentExamples } from './agents'
import type { Example } from './example'
import { peopleExamples, webhookExamples } from './people'
import { lateRefusalExamples, refusalExamples } from './refusals'

/** Every example in the order in which they happen. */
export const story: Example[] = [
  ...webhookExamples,
  ...agentExamples,
  ...refusalExamples,
  ...peopleExamples,
  ...lateRefusalExamples,
]
