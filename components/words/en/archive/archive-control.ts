export const isArchived = 'The project is archived.'
export const archiveTheProject = 'Archive the project…'
export const archiveTheProjectNow = 'Archive the project?'
export const whatWaitsIsWithdrawn =
  'What waits is withdrawn, and runs that are open are ended: their agents are told to stop.'
export const nothingIsReleased =
  'Nothing is released any more, nothing can be asked for, deployed or decided, and no key made.'
export const releasedCallsRunOn = 'Calls that were released before run on; nobody here can stop those.'
export const membersStillRead = 'Members sign in and read as before, and the audit log stays whole.'
export const writeToConfirm = (project: string) => `Write ${project} to confirm`
export const archive = (project: string) => `Archive ${project}`
export const isOpenAgain = 'The project is open again.'
export const openAgain = 'Open the project again'
