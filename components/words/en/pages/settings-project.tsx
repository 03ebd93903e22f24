import type { ReactNode } from 'react'

export const project = 'Project'
export const everyChangeIsOnRecord = 'Every change here stands in the audit log with what it was before.'
export const name = 'Name'
export const decidingOnOnesOwn = 'Deciding on one’s own requests'
export const allowed = 'allowed'
export const notAllowed = 'not allowed'
export const deployingPolicies = 'Deploying policies'
export const peopleOnly = 'people only'
export const peopleAndKeys = 'people, and keys with the scope deploy'
export const auditsEveryRun = 'The audit log tells of every run'
export const yes = 'yes'
export const no = 'no'
export const runsAreKept = 'Runs are kept'
export const theAuditLogIsKept = 'The audit log is kept'
export const stopEverything = 'Stop everything'
export const whenToStopEverything =
  'For when agents do what they should not and nobody has found out why. Single agents are paused on their own pages.'
export const archived = 'Archived'
export const whatArchivedMeans =
  'Agents that ask are told to stop. Opened again, the project takes calls as before; runs that were ended stay so.'
export const dangerZone = 'Danger zone'
export const whenToArchive =
  'For a project whose agents are done. It can be opened again, but what it withdraws stays withdrawn. A project is not deleted here: its audit log is a record.'
export const keptFor = (days: number | null) =>
  days === null ? 'for ever' : days === 1 ? 'for 1 day' : `for ${days} days`
export const fromThenOn = (moment: ReactNode, period: string) => (
  <>
    , from {moment} on {period}
  </>
)
