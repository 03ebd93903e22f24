export const accountOf = (name: string) => `Account of ${name}`
