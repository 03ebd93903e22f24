export const lookingForCues = 'Looking for cues…'
export const tryingAgain = 'Cues could not be looked for; it is tried again.'
export const allLookedAt = 'All that waits was looked at.'
export const notLookedAt = (count: string) => `${count} not looked at yet`
