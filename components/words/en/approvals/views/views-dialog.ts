export const views = 'Views'
export const isSaved = (view: string) => `The view ${view} is saved.`
export const whatViewsAre = 'What the filters show now, under a name.'
export const name = 'Name'
export const forEverybodyInTheProject = 'For everybody in the project'
export const beginWithIt = 'Begin with it'
export const saveView = 'Save view'
export const savedViews = 'Saved views'
export const isDeleted = (view: string) => `The view ${view} is deleted.`
export const everybodys = 'everybody’s'
export const beginsWithIt = 'Begins with it'
export const renameNamed = (view: string) => `Rename ${view}`
export const renameButton = 'Rename…'
export const deleteNamed = (view: string) => `Delete ${view}`
export const deleteIt = 'Delete'
export const isCalledNow = (name: string) => `The view is called ${name}.`
export const newNameOf = (view: string) => `New name of ${view}`
export const rename = 'Rename'
