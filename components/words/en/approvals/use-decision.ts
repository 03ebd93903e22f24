export const doneFor = (done: string, agent: string) => `${done} for ${agent}.`
export const nobodyKnows =
  'The server did not answer, so the decision may or may not be on record. This row will show what holds once it answers.'
