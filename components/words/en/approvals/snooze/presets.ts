export const in15Minutes = '15 min'
export const inAnHour = '1 h'
export const tomorrow = 'Tomorrow'
