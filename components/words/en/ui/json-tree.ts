import { number } from '../../number'

export const sizeOf = (what: string, path: string) => `${what} of ${path}`
export const itemsOf = (count: number, path: string) => `${number(count)} items of ${path}`
export const items = (count: number) => `${number(count)} items`
export const showAll = (count: number) => `Show all ${number(count)}`
export const members = (count: number) => `${number(count)} members`
