export const invited = (email: string) => `Invited ${email}.`
export const email = 'E-mail'
export const name = 'Name'
export const invite = 'Invite'
export const copyTheLink = 'Copy the invitation’s link'
export const role = 'Role'
export const mailIsOnItsWay = (email: string) =>
  `${email} is invited. Their mail is on its way; this link does the same, once, for seven days:`
export const handThemThisLink = (email: string) =>
  `${email} is invited. Hand them this link: it works, once, for seven days:`
