export const isCalledNow = (name: string) => `The group is called ${name} now.`
export const renameNamed = (group: string) => `Rename ${group}`
export const rename = 'Rename'
export const renameTheGroup = 'Rename the group'
export const slugCannotChange =
  'Cannot change while a policy in force, or a request that waits, calls it by this.'
export const groupIsDeleted = (group: string) => `The group ${group} is deleted.`
export const deleteNamed = (group: string) => `Delete ${group}`
export const deleteIt = 'Delete'
export const deleteTheGroupNow = (group: string) => `Delete the group ${group}?`
export const whatDeletingDoes =
  'Who is in it stays a member of the project. A group that a policy in force or a request that waits names cannot be deleted.'
