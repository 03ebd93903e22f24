export const quietHours = 'Quiet hours'
export const noQuietHours = 'You have no quiet hours.'
export const quietHoursAreSaved = 'Your quiet hours are saved.'
export const addQuietHours = 'Add quiet hours'
export const addMore = 'Add more'
export const byTheClockOf = 'By the clock of'
export const saveQuietHours = 'Save quiet hours'
export const quietHoursNumber = (number: number) => `Quiet hours ${number}`
export const daysOnWhichTheyBegin = 'Days on which they begin'
export const from = 'From'
export const to = 'To'
export const onTheNextDay = 'On the next day.'
export const removeQuietHours = (number: number) => `Remove quiet hours ${number}`
export const remove = 'Remove'
export const days = {
  mon: { short: 'Mon', name: 'Monday' },
  tue: { short: 'Tue', name: 'Tuesday' },
  wed: { short: 'Wed', name: 'Wednesday' },
  thu: { short: 'Thu', name: 'Thursday' },
  fri: { short: 'Fri', name: 'Friday' },
  sat: { short: 'Sat', name: 'Saturday' },
  sun: { short: 'Sun', name: 'Sunday' },
}
