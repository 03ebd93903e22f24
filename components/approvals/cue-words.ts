import type { CueFilter } from '@/lib/approvals/context/cue-filter'

/** What a list is narrowed to, as a choice says it. */
export const cueWords: Record<CueFilter, string> = {
  any: 'Any cue',
  none: 'No cue',
  unevaluable: 'Rule unclear',
  hidden_characters: 'Hidden characters',
  rejected_before: 'Rejected before',
  repeats: 'Changed before',
  all_rows: 'All rows',
  highest: 'Highest so far',
  new_value: 'New value',
  changed_policy: 'Policy just changed',
  many_in_a_minute: 'Many in a minute',
  claims_approval: 'Speaks of an approval',
}
