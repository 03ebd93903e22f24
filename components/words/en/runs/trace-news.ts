export const newStep = (name: string) => `New step: ${name}.`
export const newSteps = (count: number, last: string) => `${count} new steps, the last: ${last}.`
export const runIs = (status: string) => `The run is ${status.toLowerCase()}.`
export const stepIs = (name: string, status: string, who?: string) =>
  who === undefined ? `${name}: ${status.toLowerCase()}.` : `${name}: ${status.toLowerCase()}, ${who}.`
