import type { SeenApproval } from '@/lib/approvals/schemas'
import { writeJson } from '@/lib/json/write'
import { showText } from '@/lib/untrusted/show'
import * as say from '@/words/approvals/hidden-words'

/** That something in a request's params, as far as they are here, is not what it looks like; null where nothing is. */
export function hiddenWords({ params, params_start: start }: SeenApproval): string | null {
  const { hasInvisible, hasMixedScripts } = showText(params ? writeJson(params) : (start?.text ?? ''))
  if (hasInvisible) return say.hiddenCharacters
  return hasMixedScripts ? say.mixedScripts : null
}
