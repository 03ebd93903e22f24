export const mayRun = 'Ask, wait, claim and record results'
export const mayDeploy = 'Deploy agents’ files: it may change its own policy'
export const mayRead = 'Read agents, runs, approvals and the audit log'
export const in30Days = 'In 30 days'
export const in90Days = 'In 90 days'
export const inAYear = 'In a year'
export const neverExpires = 'Never'
export const isMade = (name: string) => `${name} is made`
export const copyNow = 'Copy the token now: it is not shown again.'
export const isMadeNow = (name: string) => `${name} is made.`
export const name = 'Name'
export const nameHint = 'What uses it, such as Order agent, production.'
export const expires = 'Expires'
export const scopes = 'Scopes'
export const newKey = { agent: 'New agent key', personal: 'New personal token' }
export const makeKey = { agent: 'Make agent key', personal: 'Make personal token' }
