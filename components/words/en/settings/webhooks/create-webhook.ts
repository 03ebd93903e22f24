export const webhookIsMade = 'The webhook is made.'
export const newWebhook = 'New webhook'
export const isMade = (name: string) => `${name} is made`
export const makeWebhook = 'Make webhook'
