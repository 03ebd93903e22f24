export const runOf = (agent: string) => `Run of ${agent}`
export const openAsPage = 'Open as page'
