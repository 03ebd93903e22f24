export const rollBackTo = (version: number) => `Roll back to version ${version}`
export const rollBackUnanswered =
  'The server did not answer, so this may or may not be in force. Load the page again to see.'
export const rolledBack = (version: number, agent: string, shown: number) =>
  `Version ${version} of ${agent} is in force, with the text of version ${shown}.`
export const rollBackNow = (version: number, agent: string) => `Roll back to version ${version} of ${agent}?`
