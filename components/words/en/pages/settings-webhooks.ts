export const webhook = 'Webhook'
export const loadingTheWebhook = 'Loading the webhook'
export const allWebhooks = 'All webhooks'
export const lastDeliveries = 'Last deliveries'
export const whatDeliveriesShow = 'Each event with every attempt to send it, newest first.'
export const webhooks = 'Webhooks'
export const couldNotBeRead = 'The webhooks could not be read'
export const nothingWasChanged = 'Nothing was changed, and what is to be delivered waits.'
export const loadingTheWebhooks = 'Loading the webhooks'
export const whatWebhooksAre =
  'Tell Slack, Teams, Discord, Google Chat, ntfy, PagerDuty or a server of your own when something waits for a decision, and what became of it.'
export const onlyForAdmins = (role: string) =>
  `Admins and owners see and set up webhooks; your role is ${role}.`
export const olderWebhooks = 'Older webhooks'
