export const trace = 'Trace'
export const noStepYet = 'The agent has asked for no tool call and recorded no step yet.'
export const noStepLikeThat = 'No step of this run is like that.'
export const loadMore = 'Load the steps after these'
export const mayBeBehind = (why: string) => `${why} What is shown may be behind.`
export const reconnecting = 'Reconnecting… What is shown may be behind.'
