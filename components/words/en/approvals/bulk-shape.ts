export const ruleNotEvaluated = 'the rule could not be evaluated'
export const mixedScripts = 'mixed scripts'
export const farAbove = (name: string) => `${name} is far above the others`
export const hiddenCharacters = 'hidden characters'
