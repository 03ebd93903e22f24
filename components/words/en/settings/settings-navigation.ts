export const settings = 'Settings'
