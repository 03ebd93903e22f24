import { locale } from '@/words/language'

/** A number as the chosen language writes it, `2,997`, with no more decimals than that. */
export const number = (value: number, decimals = 3): string =>
  value.toLocaleString(locale, { maximumFractionDigits: decimals })
