export const nextRequest = 'Next request'
export const wasApproved = (tool: string, agent: string) =>
  `Approved ${tool}: ${agent} is told and may run it once within 15 minutes.`
export const changesWereAskedFor = (tool: string, agent: string) =>
  `Asked for changes to ${tool}: ${agent} is told and may ask again; this does not run.`
export const wasRejected = (tool: string, agent: string) =>
  `Rejected ${tool}: ${agent} is told; it does not run.`
export const deadlinePassed = 'The deadline passed and nobody had decided; it does not run.'
export const wasWithdrawn = 'This request was withdrawn; it does not run.'
