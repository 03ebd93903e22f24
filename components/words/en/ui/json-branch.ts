import { number } from '../../number'

export const sizeOf = (what: string, path: string) => `${what} of ${path}`
export const items = (count: number) => (count === 1 ? '1 item' : `${number(count)} items`)
export const itemsOf = (count: number, path: string) => `${items(count)} of ${path}`
export const showAll = (count: number) => `Show all ${number(count)}`
export const members = (count: number) => (count === 1 ? '1 member' : `${number(count)} members`)
