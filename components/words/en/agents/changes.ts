export const nothingChanges = 'Nothing changes.'
export const onlyLineEndsDiffer = 'Only line ends differ.'
export const changesAround = (line: number) => `Changes around line ${line}`
