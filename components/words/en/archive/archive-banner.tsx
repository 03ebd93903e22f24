import type { ReactNode } from 'react'

export const archived = 'Archived'
export const thisProjectIsArchived = 'This project is archived'
export const projectIsArchived = (thisProjectIsArchived: ReactNode, by: ReactNode, ago: ReactNode) => (
  <>
    {thisProjectIsArchived}: nothing is asked for, decided or released in it; what is on record can be read
    and exported. By {by} {ago}.
  </>
)
