export const couldNotBeLoaded = 'This could not be loaded. Where trying again does not help, reload the page.'
