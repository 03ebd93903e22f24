export const firstSetUp = 'First set-up'
export const setUpHoldpoint = 'Set Holdpoint up'
export const openTheLinkWithACode =
  'Nobody is known here yet. The terminal of the server shows a link to this page with a code; open that one.'
export const makesTheFirstProject = 'This makes the first project, with you as its owner.'
