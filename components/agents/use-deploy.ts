'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { deploy } from '@/app/[project]/agents/actions'
import type { Problem } from '@/lib/http/problem'
import { useToast } from '../ui/toast'
import type { Draft } from './draft'

export type DeployProblem = Pick<Problem, 'detail' | 'errors'> & { code: Problem['code'] | 'unanswered' }

/**
 * Sends a file to be put in force.
 * @param base the version in force as the page knows it; null where the agent is to be new
 */
export function useDeploy(project: string, base: number | null, onDone: (name: string) => void) {
  const [isSending, setIsSending] = useState(false)
  const [problem, setProblem] = useState<DeployProblem | null>(null)
  const router = useRouter()
  const toast = useToast()

  async function submit({ name, config }: Draft) {
    if (isSending) return
    setIsSending(true)
    setProblem(null)
    try {
      const answer = await deploy(project, { name, config, base })
      if (answer.ok) {
        toast({ tone: 'ok', text: doneWords(name, answer.value, base) })
        onDone(name)
        return
      }
      const isTaken = answer.problem.code === 'precondition_failed' && base === null
      setProblem(isTaken ? nameTaken(answer.problem, name) : answer.problem)
      // whoever deployed in between is then on the page, and the next press deploys over it
      if (answer.problem.code === 'precondition_failed' && base !== null) router.refresh()
    } catch {
      const detail =
        'The server did not answer, so the file may or may not be in force. Load the page again to see.'
      setProblem({ code: 'unanswered', detail })
    } finally {
      setIsSending(false)
    }
  }

  return { isSending, problem, submit }
}

/** The same problem at the field with the name. */
function nameTaken(problem: Problem, name: string): DeployProblem {
  const detail = `There is an agent ${name} already. Open it to deploy a new version, or take another name.`
  return { ...problem, detail, errors: [{ pointer: '/name', detail }] }
}

function doneWords(
  name: string,
  done: { version: number; warningCount: number },
  base: number | null,
): string {
  if (done.version === base) return `Nothing changed: version ${base} of ${name} has this very text.`
  const warnings =
    done.warningCount === 0
      ? ''
      : ` with ${done.warningCount === 1 ? 'a warning' : `${done.warningCount} warnings`}`
  return `Version ${done.version} of ${name} is in force${warnings}.`
}
