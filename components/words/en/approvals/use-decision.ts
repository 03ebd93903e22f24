export const doneFor = (done: string, agent: string) => `${done} for ${agent}.`
export const didApprove = (what: string) => `Approved ${what}`
export const didVote = (what: string) => `Your vote is on record for ${what}`
export const didAskForChanges = (what: string) => `Asked for changes to ${what}`
export const didReject = (what: string) => `Rejected ${what}`
export const nobodyKnows =
  'The server did not answer, so the decision may or may not be on record. This row will show what holds once it answers.'
