export const runs = 'Runs'
export const whatRunsAre = 'What agents did, step by step, with the approvals that gated their tool calls.'
export const loadingRuns = 'Loading runs'
