export const views = 'Views'
export const all = 'All'
