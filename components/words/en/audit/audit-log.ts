export const auditEntries = 'Audit entries'
export const theAuditLog = 'The audit log'
export const noneMatches = 'No entry matches these filters'
export const changeTheFilters = 'Change or clear the filters above.'
export const nothingYet = 'Nothing is on record yet'
export const whatAppearsHere =
  'Every decision, deploy and change of members or keys is kept here with who did it and when. A deploy makes the first entry:'
