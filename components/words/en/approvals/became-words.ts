import { number } from '../../number'
import { requests } from './requests'

export const ended = {
  approve: (count: number, all: number) => `${number(count)} of ${requests(all)} approved`,
  reject: (count: number, all: number) => `${number(count)} of ${requests(all)} rejected`,
}
export const andVotesKept = (ended: string, waiting: number) =>
  `${ended}; on ${number(waiting)} your vote is kept and waits for others.`
