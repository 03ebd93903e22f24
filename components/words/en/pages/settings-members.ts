export const members = 'Members'
export const theyGetAMail = 'They get a mail with a link; you get one to hand over yourself.'
export const youGetALink = 'No mail service is set up: you get a link to hand over yourself.'
export const whatRolesMay =
  'Viewers read, reviewers decide, admins also manage agents and keys, owners also manage members.'
export const inviteAPerson = 'Invite a person'
export const people = 'People'
export const moreMembers = 'More members'
