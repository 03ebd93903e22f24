import type { Agent } from '@/lib/agents/schemas'
import { agentNamePattern } from '@/lib/ids'
import * as say from '@/words/agents/check-file'

/** What of a file would be refused or warned of, and the policy as it would be understood. */
export type FileCheck = {
  /** What is wrong with the name; it stands at its field. */
  nameError: string | undefined
  errors: Mistake[]
  warnings: Mistake[]
  /** Null where the file would be refused. */
  policy: Agent['policy'] | null
}

type Mistake = { pointer: string; detail: string; line: number; column: number }

const nameWords = say.whatANameIs

/**
 * Reads name and file as the server would, both at once and all of their mistakes. What reads files comes with the
 * first call.
 */
export async function checkFile(name: string, config: string): Promise<FileCheck> {
  const { parsePolicy, policyToWire } = await import('@/lib/policy/parse')
  const parsed = parsePolicy(config)
  const nameError = agentNamePattern.test(name) ? undefined : nameWords
  const warnings = parsed.warnings.map(({ code, message, line, column }) => ({
    pointer: code,
    detail: message,
    line,
    column,
  }))
  if (!parsed.ok) return { nameError, errors: parsed.errors, warnings, policy: null }
  if (parsed.name !== null && parsed.name !== name) {
    const detail = say.twoNames(parsed.name.slice(0, 64), name || say.withoutAName)
    const at = parsed.nameAt ?? { line: 1, column: 1 }
    return { nameError, errors: [{ pointer: '/name', detail, ...at }], warnings, policy: null }
  }
  return { nameError, errors: [], warnings, policy: policyToWire(parsed.policy) }
}
