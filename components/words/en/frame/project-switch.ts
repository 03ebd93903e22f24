export const switchProject = (project: string) => `Project ${project}: switch project`
export const newProject = 'New project…'
export const archived = (count: number) => `Archived (${count})`
