/** By what the queue can be grouped. */
export const groupings = ['tool', 'agent', 'run', 'rule'] as const
export type Grouping = (typeof groupings)[number]
