export const comment = 'Comment'
export const forEverybody = 'For everybody who reads this request'
export const sayIt = 'Say it'
export const doNotTell = (name: string) => `Do not tell ${name}`
export const tellSomebody = 'Tell somebody'
export const tellSomebodyChoice = 'Tell somebody…'
