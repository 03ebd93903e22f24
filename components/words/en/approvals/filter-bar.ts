import type { CueFilter } from '@/lib/approvals/context/cue-filter'

export const approvals = 'Approvals'
export const deadline = 'Deadline'
export const oldest = 'Oldest'
export const newest = 'Newest'
export const largest = 'Largest'
export const byTool = 'By tool'
export const byAgent = 'By agent'
export const byRun = 'By run'
export const byRule = 'By rule'
export const below10Minutes = '< 10 min'
export const belowAnHour = '< 1 h'
export const pendingOrDecided = 'Pending or decided'
export const pending = 'Pending'
export const decided = 'Decided'
export const filterApprovals = 'Filter approvals'
export const search = 'Search'
export const whatToSearch = 'Search params, ids'
export const sort = 'Sort'
export const whatMineIs = 'What waits for you, and not for others alone'
export const mine = 'Mine'
export const agent = 'Agent'
export const allAgents = 'All agents'
export const tool = 'Tool'
export const whichTool = 'Tool or pay.*'
export const status = 'Status'
export const allOutcomes = 'All outcomes'
export const rule = 'Rule'
export const allRules = 'All rules'
export const due = 'Due'
export const anyTime = 'Any time'
export const cue = 'Cue'
export const cuesChoice = 'Cues'
export const group = 'Group'
export const noGroups = 'No groups'
export const apply = 'Apply'
export const clearFilters = 'Clear filters'
export const views = 'Views…'
/** What a list is narrowed to, as a choice says it. */
export const cues: Record<CueFilter, string> = {
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
