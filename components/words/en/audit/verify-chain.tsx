import { number } from '@/components/words/number'
import type { ReactNode } from 'react'

export const verifying = 'Verifying…'
export const verifyTheChain = 'Verify the chain'
export const chainNotVerified = 'The chain could not be verified just now.'
export const saysNothing = (why: string) => `${why} This says nothing about the chain.`
export const chainHolds = (summary: ReactNode) => <>The chain holds: {summary}</>
export const chainBreaks = (entry: number) => `The chain breaks at entry #${entry}.`
export const head = 'Head'
export const lastGoodHash = 'Last good hash'
export const copyHeadHash = 'Copy head hash'
export const approvalsDiffer = 'These approvals are not what the log says of them:'
export const sealedTo = (entry: number, moment: ReactNode, head: ReactNode) => (
  <>
    Sealed to entry {number(entry)} · {moment} · head {head}
  </>
)
export const sealedAndVerifiedTo = (entry: number, moment: ReactNode, head: ReactNode) => (
  <>
    Sealed and verified to entry {number(entry)} · {moment} · head {head}
  </>
)
export const wholeHash = (hash: ReactNode) => <>(whole: {hash})</>
export const approvalsCompared = (count: number) =>
  `${count === 1 ? '1 approval' : `${number(count)} approvals`} compared with it: all are what it says.`
export const notInTheChain = (count: number) =>
  `Not in the chain, though written more than a minute ago or set aside: ${number(count)} ${count === 1 ? 'entry' : 'entries'}.`
export const chainBroken = (before: number) => {
  const fits =
    before === 0
      ? 'No entry before it.'
      : `The ${before === 1 ? '1 entry' : `${number(before)} entries`} before it fit.`
  return `${fits} This entry or its seal was changed, or one is missing.`
}
