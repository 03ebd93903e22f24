import type { ReactNode } from 'react'

export const webhook = 'Webhook'
export const webhooks = 'Webhooks'
export const state = 'State'
export const sendsTo = 'Sends to'
export const events = 'Events'
export const last24Hours = 'Last 24 hours'
export const last24H = 'Last 24 h'
export const requestsAndTheirEnds = 'Requests and their ends'
export const noWebhooksYet = 'No webhooks yet'
export const whenOneAppears =
  'The places that are told of requests and decisions will appear here, each with its last deliveries. Make one with the button above, or with a personal token:'
export const next = (moment: ReactNode) => <>, next {moment}</>
