export const members = 'Members'
export const role = 'Role'
export const person = 'Person'
export const joined = 'Joined'
export const lastActive = 'Last active'
export const actions = 'Actions'
export const you = 'You'
export const invitedMark = 'Invited'
export const theLastOwner = 'The last owner: make somebody else owner before you leave.'
export const never = 'never'
export const hasRoleNow = (who: string, role: string) => `${who} is ${role} now.`
export const changeRoleOf = (who: string) => `Change role of ${who}`
export const changeRole = 'Change role'
export const changeTheRoleOf = (who: string) => `Change the role of ${who}`
export const makeThem = (who: string, role: string) => `Make ${who} ${role}`
export const holdsFromNextRequest = 'It holds from their next request on, open pages included.'
export const withdrawInvitation = 'Withdraw invitation'
export const leave = 'Leave'
export const remove = 'Remove'
export const invitationIsWithdrawn = (who: string) => `The invitation of ${who} is withdrawn.`
export const youHaveLeft = 'You have left the project.'
export const isRemoved = (who: string) => `${who} is removed.`
export const withdrawInvitationOf = (who: string) => `Withdraw invitation of ${who}`
export const removeNamed = (who: string) => `Remove ${who}`
export const withdrawTheInvitationNow = (who: string) => `Withdraw the invitation of ${who}?`
export const removeNow = (who: string) => `Remove ${who} from this project?`
export const linksStopWorking = 'The links of the invitation stop working.'
export const whatLeavingDoes =
  'You see nothing of this project from then on, and your personal tokens for it are revoked. Only another owner can invite you again.'
export const whatRemovingDoes =
  'From their next request on they see nothing of this project, and their personal tokens for it are revoked. What they decided stays decided and on record.'
export const yourself = 'yourself'
