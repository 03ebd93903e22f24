export const project = 'Project'
export const pending = 'pending'
