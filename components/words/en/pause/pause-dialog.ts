export const theProjectAtStart = 'The project'
export const goesOn = (what: string) => `${what} goes on.`
export const isPaused = (what: string) => `${what} is paused.`
export const theProject = 'the project'
export const letGoOn = (what: string) => `Let ${what} go on`
export const pause = (what: string) => `Pause ${what}`
export const why = 'Why'
export const everybodyIsTold = 'Everybody who may decide is told, and it stands in the audit log.'
export const anyAgent = 'any agent'
export const whatStops = (agent: string) =>
  `From the moment that this is confirmed, nothing of ${agent} is released: not what was approved, and not what no rule asks approval for.`
export const nothingIsApproved = 'Nothing can be approved. Rejecting and withdrawing go on.'
export const releasedCallsRunOn = 'Calls that were released before run on; nobody here can stop those.'
export const deadlinesRunOn = 'Deadlines run on: what waits may expire.'
export const whatGoesOn =
  'What waits can be decided and used again at once. What was approved can be used while its 15 minutes last; what expired stays expired.'
