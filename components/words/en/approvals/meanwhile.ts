export const reason = 'Reason'
export const verbs = { approve: 'Approve', reject: 'Reject', request_changes: 'Request changes to' }
export const decide = (kind: keyof typeof verbs, what: string) => `${verbs[kind]} ${what}`
