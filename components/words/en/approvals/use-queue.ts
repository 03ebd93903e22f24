export const nothingElse = (done: string) => `${done} Nothing else waits here.`
export const nextIs = (done: string, next: string, place: string | null) =>
  `${done} Next: ${next}${place === null ? '' : `, ${place}`}.`
export const staysOpen = 'The request stays open after this decision.'
export const staysNoLonger = 'The request no longer stays open after this decision.'
