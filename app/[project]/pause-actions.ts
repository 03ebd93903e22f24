'use server'

import { z } from 'zod'
import { agentNamePattern } from '@/lib/ids'
import { pauseAgent, pauseProject, resumeAgent, resumeProject } from '@/lib/pause/pause'
import { PauseInput } from '@/lib/pause/schemas'
import { memberAction } from '@/lib/sign-in/action'

const Input = PauseInput.extend({ agent: z.string().regex(agentNamePattern).optional() })

/** Pauses an agent or, without one, the project. */
export const pause = memberAction(pauseProject, Input, async (ctx, { agent: name, ...input }) => {
  if (name === undefined) await pauseProject(ctx, input)
  else await pauseAgent(ctx, { ...input, name })
})

/** Lets an agent or, without one, the project go on. */
export const resume = memberAction(resumeProject, Input, async (ctx, { agent: name, ...input }) => {
  if (name === undefined) await resumeProject(ctx, input)
  else await resumeAgent(ctx, { ...input, name })
})
