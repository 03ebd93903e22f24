export const hiddenCharacters = 'Hidden characters'
export const mixedScripts = 'Mixed scripts'
