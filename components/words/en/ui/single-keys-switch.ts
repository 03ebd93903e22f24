export const singleKeyShortcuts = 'Single-key shortcuts'
export const singleKeyHint = 'Keys pressed alone, such as A and J. Kept in this browser.'
