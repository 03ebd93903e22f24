export const loadingAllParams = 'Loading all params'
export const paramsCouldNotBeRead = 'The params could not be read'
export const nothingBeforeShown = (why: string) =>
  `${why} Nothing can be decided before all of them are shown.`
export const theAgentSays = 'The agent says'
