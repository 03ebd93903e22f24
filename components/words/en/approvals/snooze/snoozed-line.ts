export const backToTheQueue = 'Back to the queue'
export const snoozedSoMany = (count: string) => `Snoozed ${count}`
