export const switchedOff = (reason: string) =>
  `Holdpoint switched this webhook off: ${reason} Mend the receiver, send a test, then switch it on again.`
export const state = 'State'
export const sendsTo = 'Sends to'
export const events = 'Events'
export const made = 'Made'
