export const letItGoOn = 'Let it go on'
export const pauseTheProject = 'Pause the project'
export const pause = 'Pause'
