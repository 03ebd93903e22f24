export const run = 'Run'
export const couldNotBeRead = 'This run could not be read'
export const nothingWasDecided = 'Nothing was decided.'
export const noSuchRun = 'No such run'
export const thisProjectHasNone = 'This project has no such run.'
export const titleOf = (what: string, agent: string) => `${what} · Run of ${agent}`
export const runs = 'Runs'
export const runOf = (agent: string) => `Run of ${agent}`
