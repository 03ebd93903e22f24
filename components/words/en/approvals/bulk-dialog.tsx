import type { ReactNode } from 'react'
import { number } from '../../number'
import { requests } from './requests'

export const eachForItself = 'Each is decided for itself, with exactly the params listed here.'
export const onlyTheFirstAreHere = (count: string, all: string) =>
  `Only the first ${count} of ${all} are here: the params of all are too much for one table. The others stay selected for when these are decided.`
export const whatBecameOf = (count: number) => `What became of ${requests(count)}`
export const decideQuestion = {
  approve: (count: number) => `Approve ${requests(count)}?`,
  reject: (count: number) => `Reject ${requests(count)}?`,
}
export const changedSince = (count: number) =>
  count === 1
    ? '1 was changed since it was selected; decide on it in the list.'
    : `${number(count)} were changed since they were selected; decide on each of them in the list.`
export const confirmedByTool = (count: number, at: ReactNode, tool: ReactNode) => (
  <>
    {count} different tools are selected. Each is confirmed for itself: {at} of {count}, {tool}.
  </>
)
