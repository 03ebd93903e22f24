'use client'

import { useState } from 'react'
import { check } from '@/app/[project]/agents/actions'
import type { Problem } from '@/lib/http/problem'
import type { Checked } from './input'

export type Question = {
  name: string
  tool: string
  params: string
  context: string
  config: string | undefined
}
export type CheckProblem = Pick<Problem, 'detail' | 'errors'> & { code: Problem['code'] | 'unanswered' }
export type CheckAnswer = { tool: string; checked: Checked } | { problem: CheckProblem }

/** Has a call judged. The answer stands only as long as it answers what the form asks. */
export function useCheck(project: string, question: Question) {
  const [isBusy, setIsBusy] = useState(false)
  const [given, setGiven] = useState<{ asked: string; answer: CheckAnswer } | null>(null)
  const asked = JSON.stringify(question)

  async function submit() {
    if (isBusy) return
    setIsBusy(true)
    try {
      const result = await check(project, question)
      const answer = result.ok ? { tool: question.tool, checked: result.value } : { problem: result.problem }
      setGiven({ asked, answer })
    } catch {
      setGiven({
        asked,
        answer: { problem: { code: 'unanswered', detail: 'The server did not answer. Try again.' } },
      })
    } finally {
      setIsBusy(false)
    }
  }

  return { isBusy, answer: given?.asked === asked ? given.answer : null, submit }
}
