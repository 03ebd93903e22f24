import { number } from '@/components/words/number'

export const hiddenCharacters = 'Hidden characters'
export const mixedScripts = 'Mixed scripts'
export const showLess = 'Show less'
export const showAllCharacters = (count: number) => `Show all ${number(count)} characters`
