export const warnings = 'Warnings'
export const acceptedWithWarnings = (count: number) =>
  count === 1 ? 'Accepted with a warning' : `Accepted with ${count} warnings`
