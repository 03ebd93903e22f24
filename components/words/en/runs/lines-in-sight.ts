export const stepsOfTheTrace = 'Steps of the trace'
export const steps = 'Steps'
