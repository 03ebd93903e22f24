export const loadingTheReference = 'Loading the reference…'
export const referenceNotLoaded =
  'The reference could not be loaded. Reload the page, or read the document itself.'
