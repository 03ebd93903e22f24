export const inSeconds = (count: number) => `${count} s`
/** The units of a span, from days down to seconds. */
export const units = { day: 'd', hour: 'h', minute: 'min', second: 's' }
