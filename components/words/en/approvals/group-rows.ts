export const couldNotBeCounted = 'The groups could not be counted'
export const countingGroups = 'Counting groups'
export const severalAgents = 'several agents'
export const severalTools = 'several tools'
export const oldest = (span: string) => `oldest ${span}`
export const nearestDeadlines = (count: number) => `The ${count} groups with the nearest deadlines.`
export const groupsBy = {
  tool: 'Groups by tool',
  agent: 'Groups by agent',
  run: 'Groups by run',
  rule: 'Groups by rule',
}
