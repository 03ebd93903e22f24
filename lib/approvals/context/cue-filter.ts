/** What is said of a request, by the names of the API, the weightiest first. */
export const cueKinds = [
  'unreachable',
  'unevaluable',
  'hidden_characters',
  'rejected_before',
  'repeats',
  'all_rows',
  'highest',
  'new_value',
  'changed_policy',
  'many_in_a_minute',
  'claims_approval',
] as const
export type CueKind = (typeof cueKinds)[number]

/** Cues that are of the request itself and stay; who is there to decide changes by the hour. */
const keptCues = cueKinds.filter((kind) => kind !== 'unreachable')

/** What lists can be narrowed to: one of the cues, any of them, or none. */
export const cueFilters = ['any', 'none', ...keptCues] as const
export type CueFilter = (typeof cueFilters)[number]
