export const milliseconds = (count: number) => `${count} ms`
export const seconds = (count: number) => `${count} s`
export const minutes = (count: number) => `${count} min`
export const minutesAndSeconds = (minutes: number, seconds: string) => `${minutes} min ${seconds} s`
export const hoursAndMinutes = (hours: number, minutes: number) =>
  minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
export const daysAndHours = (days: number, hours: number) =>
  hours === 0 ? `${days} d` : `${days} d ${hours} h`
/** How long ago, in as few signs as can be. */
export const briefAge = { now: 'now', second: 's', minute: 'm', hour: 'h', day: 'd' }
