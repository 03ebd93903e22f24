export const pending = 'Pending'
export const decided = 'Decided'
export const pendingApprovals = 'Pending approvals'
export const decidedApprovals = 'Decided approvals'
export const couldNotBeRead = 'The approvals could not be read'
export const saysNothing = (why: string) => `${why} This says nothing about whether requests are waiting.`
export const loadingApprovals = 'Loading approvals'
export const nothingAmongTheLatest = 'Nothing among the latest 10,000. Look further back'
export const lookFurtherBack = 'Look further back'
export const allGroupsBy = {
  tool: 'All groups by tool',
  agent: 'All groups by agent',
  run: 'All groups by run',
  rule: 'All groups by rule',
}
