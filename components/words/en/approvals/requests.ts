import { number } from '../../number'

/** So many of them. */
export const requests = (count: number) => (count === 1 ? '1 request' : `${number(count)} requests`)
