export const kilobytesInAll = (count: number) => `… ${count} kB in all`
export const itemsHere = (count: number) => `⟨${count} items⟩`
export const membersHere = (count: number) => `⟨${count} members⟩`
