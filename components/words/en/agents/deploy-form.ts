export const nobodyKnows =
  'The server did not answer, so the file may or may not be in force. Load the page again to see.'
export const deployAnAgent = 'Deploy an agent'
export const deployANewVersion = (agent: string) => `Deploy a new version of ${agent}`
export const draftIsBack = 'This is the draft that you left here. It is not deployed.'
export const agentFile = 'Agent file'
export const fileHint = 'YAML with an approval block; everything else in the file is kept as it is.'
export const takenButNotMeant = 'Taken, and probably not meant'
export const deploying = 'Deploying…'
export const theAgent = 'the agent'
export const review = (agent: string) => `Review ${agent}`
export const deployNow = (agent: string) => `Deploy ${agent}?`
export const deployANewVersionNow = (agent: string) => `Deploy a new version of ${agent}?`
export const deploy = (agent: string) => `Deploy ${agent}`
export const draftIsKept =
  'What you wrote is not deployed. As a draft it is kept in this tab, and here again when you come back.'
export const discardWhatYouWrote = 'Discard what you wrote?'
export const discardTheDraft = 'Discard the draft'
export const inForceStays = 'The version in force stays as it is.'
export const name = 'Name'
export const nameHint = 'Lower case letters, digits and inner hyphens; agents ask under this name.'
export const somebodyWasFaster =
  'Somebody was faster. Your text is kept and was not deployed; deploy again to put it in force over theirs.'
export const roleDoesNotAllow = 'Your role does not allow this any more. Nothing was deployed.'
export const signedOut = 'You are signed out. Nothing was deployed.'
export const noAnswer = 'No answer from the server.'
export const nothingWasDeployed = 'Nothing was deployed.'
export const nameIsTaken = (agent: string) =>
  `There is an agent ${agent} already. Open it to deploy a new version, or take another name.`
export const nothingChanged = (version: number, agent: string) =>
  `Nothing changed: version ${version} of ${agent} has this very text.`
export const wouldBeRefused = (mistakes: number) =>
  mistakes === 1 ? 'This would be refused' : `This would be refused for ${mistakes} mistakes`
export const isInForce = (version: number, agent: string, warnings: number) => {
  const warned = warnings === 0 ? '' : warnings === 1 ? ' with a warning' : ` with ${warnings} warnings`
  return `Version ${version} of ${agent} is in force${warned}.`
}
