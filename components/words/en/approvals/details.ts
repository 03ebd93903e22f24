export const loadingAllParams = 'Loading all params'
export const paramsCouldNotBeRead = 'The params could not be read'
export const nothingBeforeShown = (why: string) =>
  `${why} Nothing can be decided before all of them are shown.`
export const theAgentSays = 'The agent says'
export const agentSaysWhereFrom = 'The agent says where this comes from'
/** What a rejection does to the run. */
export const rejection = {
  fail: 'The run fails and its other requests are withdrawn',
  continue: 'The agent is told and goes on without it',
}
