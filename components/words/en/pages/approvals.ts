export const approvals = 'Approvals'
export const couldNotBeRead = 'The approvals could not be read'
export const nothingWasDecided =
  'This says nothing about whether requests are waiting. Nothing was decided; agents go on waiting until their deadlines.'
export const loadingApprovals = 'Loading approvals'
