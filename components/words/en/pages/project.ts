export const notFoundIn = (project?: string) =>
  project === undefined ? 'Not found · Holdpoint' : `Not found · ${project} · Holdpoint`
export const nothingHere = 'There is nothing here'
export const noSuchThing = 'This project has no such thing'
export const mayBelongElsewhere = 'The address may be wrong, or what it names belongs to another project.'
