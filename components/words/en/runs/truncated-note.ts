import { number } from '@/components/words/number'

export const cut = (bytes: number) =>
  `Cut, ${number(bytes)} bytes in all: of each value only the first 256 kB are kept.`
