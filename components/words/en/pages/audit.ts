export const audit = 'Audit'
export const whatItHolds = 'Every decision, deploy and change, with who did it and when.'
export const loadingTheAuditLog = 'Loading the audit log'
export const whatItHoldsForGood =
  'Every decision, deploy and change, with who did it and when. Entries are chained and never changed.'
export const onlyForAdmins = (role: string) =>
  `The audit log is for admins and owners of this project; your role is ${role}. Decisions stand on the Approvals page, with who made them and when.`
export const memberOrKey = 'member or key'
export const agentMemberKeyOrWebhook = 'agent, member, key or webhook'
export const exportNdjson = 'Export NDJSON'
export const exportCsv = 'Export CSV'
