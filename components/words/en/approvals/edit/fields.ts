export const fromTo = (least: number, most: number) => `From ${least} to ${most}.`
export const atLeast = (least: number) => `At least ${least}.`
export const atMost = (most: number) => `At most ${most}.`
export const characters = (least: number, most: number) => `${least} to ${most} characters.`
export const atMostCharacters = (most: number) => `At most ${most} characters.`
export const wholeNumber = 'A whole number, such as 1200.'
export const aNumber = 'A number, such as 12.5.'
export const notKeptExactly = 'This number cannot be kept exactly as it is typed.'
