export const couldNotBeRead = (what: string) => `${what} could not be read just now`
export const mayBeBehind = (why: string) => `${why} What is shown below may be behind.`
export const loadingList = (label: string) => `Loading ${label}`
export const loadMore = 'Load more'
export const loadingMore = 'Loading…'
