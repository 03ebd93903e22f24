import type { ReactNode } from 'react'

export const takeItBack = 'Take it back'
export const youApproved = (ago: ReactNode) => <>You approved {ago}. It waits for others.</>
export const youRejected = (ago: ReactNode) => <>You rejected {ago}. It waits for others.</>
