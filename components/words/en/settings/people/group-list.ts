export const groups = 'Groups'
export const noGroupsYet = 'No groups yet'
export const whatGroupsAre =
  'A policy that says who decides calls people by a group, by their address or by a role. Without one, any reviewer decides.'
export const keptByTheDirectory = 'Kept by the directory'
export const nobodyIsInIt = (group: string) =>
  `Nobody is in it, so nobody decides what a policy leaves to ${group}.`
export const membersOf = (group: string) => `Members of ${group}`
export const isNoLongerIn = (who: string, group: string) => `${who} is no longer in ${group}.`
export const takeOutOf = (who: string, group: string) => `Take ${who} out of ${group}`
export const they = 'They'
export const isInNow = (who: string, group: string) => `${who} is in ${group} now.`
export const takeInto = (group: string) => `Take into ${group}`
export const chooseAMember = 'Choose a member…'
export const viewerDecidesNothing = '(viewer: decides nothing)'
export const notJoined = '(invited)'
export const takeTheChosenInto = (group: string) => `Take the chosen member into ${group}`
export const add = 'Add'
