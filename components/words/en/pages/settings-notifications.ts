export const notifications = 'Notifications'
export const howYouHear =
  'How you hear of requests in this project. It is yours alone, and changes nothing about who may decide.'
export const viewersAreToldOfNothing =
  'As viewer you may not decide, so you are told of no request. What you choose here holds if you become a reviewer.'
export const quietHours = 'Quiet hours'
export const whatQuietHoursAre =
  'In all your projects. Mails and pushes about requests wait for their end and are then one, of what is still open. You are told all the same of what would then have less than half an hour left, and where not enough others could decide. The bell never waits.'
