export const whatANameIs = 'An agent name is 1 to 64 lower case letters, digits and inner hyphens.'
