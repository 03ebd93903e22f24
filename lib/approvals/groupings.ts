/** By what the queue can be grouped. */
export const groupings = ['tool', 'agent', 'rule'] as const
export type Grouping = (typeof groupings)[number]
