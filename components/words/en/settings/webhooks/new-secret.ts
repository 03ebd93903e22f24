export const copySecretNow =
  'Copy the signing secret now: it is not shown again. Your server checks the webhook-signature header with it.'
export const signedToo =
  'What is sent is signed too, for whoever wants to check it on the way; the service itself does not need this secret.'
export const oldSecretFor24Hours = 'For 24 hours, what is sent carries a signature by the old one as well.'
export const copySigningSecret = 'Copy signing secret'
export const openToSendATest = 'Open it to send a test'
export const iHaveCopiedIt = 'I have copied it'
