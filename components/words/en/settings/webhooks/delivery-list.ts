export const deliveries = 'Deliveries'
export const theDeliveries = 'The deliveries'
export const nothingWasSentYet = 'Nothing was sent yet'
export const whatAppearsHere =
  'What is sent here will appear with its status, duration and answer. “Send test” makes the first one.'
