export const couldNotBeRead = 'This page could not be read'
export const nothingWasLost = 'Nothing was decided and nothing was lost; agents go on waiting meanwhile.'
export const numberInTheLog = 'Number in the server’s log:'
export const notFound = 'Not found'
export const nothingHereForYou = 'There is nothing here for you'
export const addressIsWrong =
  'The address is wrong, or it belongs to a project that you are not a member of. Both look the same from here.'
export const goToYourProject = 'Go to your project'
export const inNoProject = 'You are in no project'
export const signedInButInNoProject = (email: string) =>
  `You are signed in as ${email}, but no project has you as a member. Ask an owner to invite you.`
export const whatHoldpointDoes = 'Holds an AI agent’s sensitive tool call until a person has decided.'
