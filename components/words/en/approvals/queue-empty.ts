export const nothingOfYours = 'Nothing of yours waits here'
export const othersMayWait = 'Requests that others decide may wait: switch Mine off above to see all.'
export const nothingMatches = 'No pending request matches these filters'
export const leftOutMayWait = 'Requests that they leave out may wait: clear them above to see all.'
export const nothingWaits = 'Nothing waits here'
export const isArchived = 'The project is archived: no agent asks for anything.'
export const nothingWaitsForYou = 'Nothing waits for you'
export const whenCallsAppear =
  'A gated tool call appears here the moment an agent asks, and the agent waits. Try it with an agent key:'
export const whenNoAgent =
  'No agent has a policy yet. Deploy one with a key that may deploy, then gated calls appear here:'
export const noDecisionMatches = 'Nothing decided matches these filters'
export const nothingDecidedYet = 'Nothing has been decided yet'
export const changeTheFilters = 'Change or clear the filters above.'
export const whatIsKept =
  'Approved, rejected, expired and withdrawn requests are kept here with who decided, when and why.'
