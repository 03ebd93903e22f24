export const copy = 'Copy'
export const copied = 'Copied'
export const cannotCopy = 'Cannot copy'
