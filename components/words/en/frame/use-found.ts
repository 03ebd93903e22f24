export const agents = 'Agents'
export const openGroup = 'Open'
export const request = (id: string) => `Request ${id}`
export const run = (id: string) => `Run ${id}`
export const requests = 'Requests'
export const runs = 'Runs'
export const search = 'Search'
export const pendingRequestsWith = (text: string) => `Pending requests with “${text}”`
export const decidedRequestsWith = (text: string) => `Decided requests with “${text}”`
export const runsWith = (text: string) => `Runs with “${text}”`
export const auditEntriesAbout = (text: string) => `Audit entries about “${text}”`
export const alsoAgent = 'agent'
