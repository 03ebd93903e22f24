import type { ReactNode } from 'react'

export const noneBefore = 'None of this tool’s last approved calls was by this agent.'
export const approvedAgo = (ago: ReactNode) => <>Approved {ago}</>
export const tooLong = '. It is too long to be compared here.'
export const exactlyTheSame = ', with exactly the same values.'
export const nothingTheSame = '. Nothing is the same.'
export const param = 'Param'
export const then = 'Then'
export const now = 'Now'
export const notThere = 'not there'
export const sameAndDifferent = (same: number, different: number, shown: number) => {
  const first = different > shown ? `, of which the first ${shown} are these` : ''
  return `. ${same === 1 ? '1 value is' : `${same} values are`} the same, ${different} ${different === 1 ? 'differs' : 'differ'}${first}.`
}
