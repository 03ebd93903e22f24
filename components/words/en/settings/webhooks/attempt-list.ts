import { number } from '@/components/words/number'

export const noAttempt = 'No attempt was made yet.'
export const attempts = 'Attempts'
export const milliseconds = (count: number) => `${number(count)} ms`
export const answer = 'Answer:'
export const emptyAnswer = 'empty'
export const statusWas = (code: number | null) => `Status ${code ?? 'none'}`
