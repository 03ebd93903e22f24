import type { Dialect, DialectName } from '@/lib/hooks/dialects/dialect'
import { dialects } from '@/lib/hooks/dialects/all'
import { wrongly } from '../exit'
import { oneLine } from '../printer'

export const names = Object.keys(dialects) as DialectName[]

/**
 * The coding agent of that name. Copilot's CLI runs the hooks of a project's Claude Code settings too, and speaks as
 * itself.
 * @throws Failure
 */
export function dialectNamed(
  name: string | undefined,
  env: Record<string, string | undefined> = {},
): Dialect {
  const found = names.find((one) => one === name)
  if (!found)
    throw wrongly(`Name a coding agent: ${names.join(', ')}.${name ? ` ${oneLine(name, 60)} is none.` : ''}`)
  return found === 'claude-code' && env.COPILOT_CLI ? dialects.copilot : dialects[found]
}
