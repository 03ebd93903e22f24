export const select = (call: string) => `Select ${call}`
export const breakGlass = 'Break-glass'
export const ruleUnclear = 'Rule unclear'
export const kilobytes = (count: number) => `${count} kB`
export const needs = (count: number, { isEdited, isBegun }: { isEdited: boolean; isBegun: boolean }) =>
  `${isEdited ? 'Edited, needs' : 'Needs'} ${count}${isBegun ? ' more' : ''}`
export const hasIt = (who: string) => `${who} has it`
