export const onlyTheFirstWereSelected = (count: string) => `Only the first ${count} were selected.`
export const notAllCouldBeSelected = (why: string) => `Not all could be selected: ${why}`
export const toolCount = (count: number) => `${count} different tools`
export const reading = 'Reading…'
export const selectAll = (count: string) => `Select all ${count} that match`
export const approveSelected = (count: string) => `Approve ${count} selected`
export const approveSelectedButton = 'Approve…'
export const rejectSelected = (count: string) => `Reject ${count} selected`
export const rejectSelectedButton = 'Reject…'
export const clearSelection = 'Clear selection'
export const clear = 'Clear'
export const selected = (count: string) => `${count} selected`
