export const loadingTheReference = 'Loading the reference…'
export const referenceNotLoaded =
  'The reference could not be loaded. Reload the page, or read the document itself.'
export const filterByTag = 'Filter by tag or path'
export const close = 'Close'
export const examples = 'Examples'
export const requestBody = 'Request body'
export const schema = 'Schema'
