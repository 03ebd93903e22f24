import type { ReactNode } from 'react'

export const name = 'Name'
export const newNameHint = 'What the agents work for, such as Order desk. It can be changed later.'
export const address = 'Address'
export const pagesWillBeAt = (path: ReactNode) => (
  <>Its pages will be at {path}, for good: links in mails and chats lead there.</>
)
export const makeTheProject = 'Make the project'
