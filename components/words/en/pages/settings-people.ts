export const people = 'People'
export const whatPeopleAre =
  'Groups are the names by which a policy says who decides. Whoever is away can name somebody who decides in their place.'
export const groups = 'Groups'
export const adminsMakeGroups = 'Admins make groups and say who is in them.'
export const moreGroups = 'More groups'
export const away = 'Away'
export const rolesHoldForStandIns = 'Roles and exclusions hold for whoever sits in, too.'
