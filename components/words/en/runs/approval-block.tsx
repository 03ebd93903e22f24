import type { ReactNode } from 'react'

export const policy = 'Policy'
export const youMayRead = 'You can read this request. Deciding needs the role reviewer.'
export const claimed = (ago: ReactNode) => <>Claimed for its one use {ago}</>
export const heldForApproval = 'Held for approval'
