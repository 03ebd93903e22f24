export const votes = 'Votes'
export const openSeat = 'Open'
export const openSeatMissing = 'Open: one vote is missing'
export const past = {
  approve: 'approved',
  reject: 'rejected',
  request_changes: 'asks for changes',
  withdraw: 'took their vote back',
}
export const doesNotCountAsIt = (what: string, why: string) => `${what}; does not count: ${why}`
export const wasReplaced = 'it was replaced'
