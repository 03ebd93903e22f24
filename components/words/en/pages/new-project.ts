export const newProject = 'New project'
export const whatANewProjectHas =
  'With agents, keys, members and an audit log of its own. You will be its owner.'
export const adminsMakeProjects = (project: string, role: string) =>
  `Owners and admins make projects; in ${project} you are a ${role}.`
export const operatorMakesProjects = 'On this server its operator makes projects, at the terminal:'
