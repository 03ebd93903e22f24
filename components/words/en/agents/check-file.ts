export const whatANameIs = 'An agent name is 1 to 64 lower case letters, digits and inner hyphens.'
export const withoutAName = 'without a name'
export const twoNames = (inFile: string, here: string) =>
  `The file says name: ${inFile}, and this is ${here}; make them the same.`
