import type { Exclusion } from '@/lib/policy/policy'

export const whoDecidesSaysWhy = 'Whoever decides has to say why.'
export const whoRejectsSaysWhy = 'Whoever rejects has to say why.'
export const agentSaysWhy = 'The agent has to say why it asks.'
export const repeatsAreRefused = 'What a person rejected is refused when the run asks for the same again.'
export const noOwners = 'The agent has no owners: the file names none.'
export const noExtension = 'The deadline cannot be moved.'
export const extension = (span: string) => `The deadline can be moved by ${span} in all.`
export const anyParamMayChange = 'A reviewer may change any param before approving.'
export const paramsMayChange = (params: string) => `A reviewer may change ${params} before approving.`
export const roles: Record<string, string> = {
  'role:reviewer': 'the reviewers',
  'role:admin': 'the admins',
  'role:owner': 'the project’s owners',
  'agent:owners': 'the agent’s owners',
}
export const either = (names: string[]) => names.join(' or ')
export const countOf = (count: number, who: string) => `${count} of ${who}`
export const needsAnyOf = (parts: string[]) => `Needs ${parts.join(', or ')}.`
export const needsAllOf = (parts: string[]) =>
  `Needs ${parts.join(', and ')}${parts.length > 1 ? ', nobody twice' : ''}.`
export const toReject = (count: number, who: string) => `It takes ${count} of ${who} to reject.`
export const ownersAre = (names: string[]) => `The agent’s owners are ${names.join(' and ')}.`
export const mayDecideLater = (span: string, who: string) => `After ${span} ${who} may decide too.`
export const ofTheTime = (share: string) => `${share} of the time`
export const excluded: Record<Exclusion, string> = {
  initiator: 'whoever the run acts for',
  deployer: 'whoever deployed this version',
  editor: 'whoever changed the params',
  key_creator: 'whoever made the agent’s key',
}
export const mayNotDecide = (whoever: string[]) => `May not decide: ${whoever.join(', ')}.`
