export const sendTo = 'Send to'
export const integrationKey = 'Integration key'
export const integrationKeyHint = 'Of the service’s integration “Events API v2”.'
export const emptyStays = 'Empty: stays as it is.'
export const url = 'URL'
export const emptyIsUsRegion = 'Empty: the Events API in the US region.'
export const name = 'Name'
export const emptyIsTheHost = 'Empty: the host of the URL.'
export const makeAnotherFor = (service: string) => `Make another webhook for ${service}.`
export const sendToService = (service: string) => `Send to ${service}`
export const whatIsSent = 'What is sent'
export const isAnAddressOf = (service: string, meant: string) =>
  `This is an address of ${service}, which does not read what is sent to ${meant}.`
