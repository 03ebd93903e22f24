import { number } from '../../number'

export const nothingWasMarkedAsRead = 'The server did not answer; nothing was marked as read.'
export const notices = 'Notices'
export const noticesUnread = (count: number) => `Notices, ${number(count)} unread`
