export const countOf = (done: number, all: number) => `${done} of ${all}`
export const firstSteps = 'First steps'
export const countDone = (count: string) => `${count} done`
export const hideFirstSteps = 'Hide first steps'
export const hide = 'Hide'
export const makeAnAgentKey = 'Make an agent key'
export const deployAPolicy = 'Deploy an agent’s policy'
export const askForAnApproval = 'Ask for an approval'
export const decideOnARequest = 'Decide on a request'
export const inviteSomebody = 'Invite a second person'
export const tellAWebhook = 'Tell Slack or a webhook'
