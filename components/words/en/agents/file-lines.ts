import { number } from '@/components/words/number'

export const added = 'added: '
export const removed = 'removed: '
export const showAll = (lines: number) => `Show all of it: ${number(lines)} ${lines === 1 ? 'line' : 'lines'}`
