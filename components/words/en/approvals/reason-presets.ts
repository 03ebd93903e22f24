export const usedBefore = 'Used before'
