import { number } from '../../number'

export const inAll = (count: number) => `In all ${number(count)}:`
export const requestsToRun = (tool: string) => `Requests to run ${tool}`
export const decideIt = 'Decide it'
export const state = 'State'
export const agent = 'Agent'
export const decideRow = (row: string) => `Decide ${row}`
export const showAllRequests = (count: number) => `Show all ${number(count)} requests`
export const notRecorded = 'Not recorded:'
export const isPaused = (agent: string) => `${agent} is paused`
