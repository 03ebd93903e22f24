import type { ReactNode } from 'react'

export const shownToOwners = 'shown to owners'
export const keptMails = (link: ReactNode) => (
  <>
    Demo: mails are kept on this server instead of sent, and {link}. Set RESEND_API_KEY or DEMO=0 to end that.
  </>
)
