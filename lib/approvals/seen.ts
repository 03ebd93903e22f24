import { readJson } from '@/lib/json/read'
import type { ListedApproval, SeenApproval } from './schemas'

/**
 * What the console's lists are read with: of params only how they begin, since the details are read for themselves
 * when they are opened.
 */
export const seenFields = [
  'required',
  'id',
  'status',
  'run_id',
  'tool_call_id',
  'agent',
  'tool',
  'digest',
  'message',
  'description',
  'metadata',
  'turn_id',
  'rule',
  'on_rejection',
  'policy_version',
  'requested_at',
  'expires_at',
  'decided_at',
  'decision',
  'wait_ms',
  'claimed_at',
  'denied',
  'edited',
  'editable',
  'requirement',
  'progress',
  'reviews',
  'assignee',
  'comments',
  'supersedes',
  'superseded_by',
  'can_decide',
  'next',
  'url',
  'params_start',
] as const satisfies readonly Exclude<keyof ListedApproval, 'params' | 'context'>[]

/** All params of an approval, where the list has them; null where only their start is there. */
export function paramsSeen({ params, params_start: start }: SeenApproval): Record<string, unknown> | null {
  if (params) return params
  if (!start || new TextEncoder().encode(start.text).length !== start.bytes) return null
  return readJson(start.text) as Record<string, unknown>
}
