export const sizeOf = (what: string, path: string) => `${what} of ${path}`
export const itemsOf = (count: number, path: string) => `${count} items of ${path}`
export const items = (count: number) => `${count} items`
export const showAll = (count: number) => `Show all ${count}`
export const members = (count: number) => `${count} members`
