export const loadingTheRun = 'Loading the run'
