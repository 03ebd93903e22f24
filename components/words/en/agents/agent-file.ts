export const newVersionOf = (agent: string) => `New version of ${agent}`
export const begunFrom = (from: number, inForce: number) =>
  `Begun from version ${from}; version ${inForce} is in force.`
export const file = 'File'
export const asSentWith = (version: number) => `As sent with version ${version}.`
export const wholeFile = 'Whole file'
export const changesSince = (version: number) => `Changes since version ${version}`
export const copyTheFile = 'Copy the file'
export const editAndDeploy = 'Edit and deploy'
export const editFrom = (version: number) => `Edit from version ${version}`
export const fileOfVersion = (version: number) => `File of version ${version}`
