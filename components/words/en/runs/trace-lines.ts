export const steps = 'Steps'
