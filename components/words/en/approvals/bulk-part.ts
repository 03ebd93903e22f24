import { number } from '../../number'
import { requests } from './requests'

export const nobodyKnows =
  'The server did not answer, so these decisions may or may not be on record. The list shows what holds.'
export const loadingAllParams = 'Loading all params'
export const paramsCouldNotBeRead = 'The params could not be read'
export const nothingBeforeShown = (why: string) =>
  `${why} Nothing can be decided before all of them are shown.`
export const reason = 'Reason'
export const keptWithEach = 'Kept with each of them.'
export const stop = 'Stop'
export const countDone = (done: number, all: number) => `${number(done)} of ${number(all)} done`
export const stopping = 'stopping after those on their way'
export const leftOut = (count: number) => `${number(count)} left out`
export const showAllToDecide = (count: number) => `Show all ${number(count)} above to decide them`
export const confirm = {
  approve: (count: number) => `Confirm approve ${requests(count)}`,
  reject: (count: number) => `Confirm reject ${requests(count)}`,
}
export const decide = {
  approve: (count: number) => `Approve ${number(count)}`,
  reject: (count: number) => `Reject ${number(count)}`,
}
export const decideAndGoOn = {
  approve: (count: number) => `Approve ${number(count)} and go on`,
  reject: (count: number) => `Reject ${number(count)} and go on`,
}
export const busy = { approve: 'Approving…', reject: 'Rejecting…' }
