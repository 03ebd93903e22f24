export const project = 'Project'
export const deny = 'Deny'
export const letItActAsMe = 'Let it act as me'
