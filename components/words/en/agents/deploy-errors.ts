export const fileWasRefused = (mistakes: number) =>
  mistakes === 1 ? 'The file was refused' : `The file was refused for ${mistakes} mistakes`
