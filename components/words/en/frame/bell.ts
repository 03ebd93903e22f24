export const nothingWasMarkedAsRead = 'The server did not answer; nothing was marked as read.'
export const notices = 'Notices'
export const noticesUnread = (count: number) => `Notices, ${count} unread`
