export const onBehalfOf = 'On behalf of'
export const input = 'Input'
export const lastSteps = 'Last steps'
export const otherRequests = 'Other requests of this run'
export const firstStepOfTheRun = 'This is the first step of its run.'
export const earlierSteps = (count: number) => (count === 1 ? '1 earlier step' : `${count} earlier steps`)
