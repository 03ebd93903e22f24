import { number } from '../../number'

export const latestFirst = 'The latest decision first'
export const notUpToDate = 'Not up to date – try again'
export const reconnecting = 'Reconnecting…'
export const keysLabel = 'Keys'
export const counting = 'Counting…'
export const snoozedCount = (count: string) => `${count} snoozed`
export const matchOf = (matching: string, all: string) => `${matching} match of ${all}`
export const selectAllLoaded = 'Select all that are loaded'
export const newRequests = (count: number) =>
  `${number(count)} new ${count === 1 ? 'request' : 'requests'} – show`
export const inGroups = (count: number, hasMore: boolean) =>
  count === 1 ? 'in 1 group' : `in ${number(count)}${hasMore ? '+' : ''} groups`
export const dueSoon = (count: string) => `${count} due within 10 minutes`
export const requestsWait = (count: number, shown: string) =>
  count === 1 ? '1 request waits' : `${shown} requests wait`
