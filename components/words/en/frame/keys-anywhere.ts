export const findOrDoKeys = '⌘ K or Ctrl K'
export const toFindOrDo = 'Find or do'
export const goThereKeys = (key: string) => `G then ${key}`
export const goToPlace = (name: string) => `Go to ${name}`
export const searchThisPage = 'Search this page'
export const theseKeys = 'These keys'
