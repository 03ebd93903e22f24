export const lineAndColumn = (line: number, column: number) => `Line ${line}, column ${column}`
