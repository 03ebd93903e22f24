export const groupIsMade = (name: string) => `The group ${name} is made.`
export const newGroup = 'New group'
export const slugHint = 'Lower case letters, digits and inner hyphens. Policies call the group by this.'
export const makeGroup = 'Make group'
