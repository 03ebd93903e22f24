export const email = 'E-mail'
export const sendMeALink = 'Send me a sign-in link'
export const thisAddress = 'this address'
export const linkIsOnItsWay = (address: string) =>
  `If ${address} is known here, a link is on its way. It works once, within 15 minutes.`
