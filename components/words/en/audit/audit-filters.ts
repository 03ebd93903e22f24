export const filterTheAuditLog = 'Filter the audit log'
export const action = 'Action'
export const allActions = 'All actions'
export const by = 'By'
export const personOrKey = 'Person or key'
export const about = 'About'
export const nameOrId = 'Name or id'
export const since = (zone: string) => `Since (${zone})`
export const until = (zone: string) => `Until (${zone})`
export const filter = 'Filter'
export const moreFilters = 'More filters'
export const clear = 'Clear'
