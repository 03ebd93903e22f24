export const theAgent = 'The agent'
export const changed = (what: string) => `changed ${what}`
export const gaveMoreTime = (span: string) => `gave it ${span} more`
export const mayDecideToo = (who: string) => `${who} may decide too`
export const nobodyDecidedInTime = 'Nobody decided in time'
export const itRanAndFailed = 'It ran and failed'
export const itRanAndSucceeded = 'It ran and succeeded'
export const withdrawnBecause = (why: string) => `Withdrawn. ${why}`
export const withdrawn = 'Withdrawn'
export const withdrewIt = 'withdrew it'
export const approvedMoreNeeded = 'approved; more votes are needed'
export const rejectedOthersMay = 'rejected; others may still approve'
export const tookVoteBack = 'took their vote back'
export const askedForChanges = 'asked for changes'
export const claimedIt = 'claimed it'
export const handedItBack = 'handed it back'
export const tookIt = 'took it'
export const gaveItTo = (name: string) => `gave it to ${name}`
export const changedFromTo = (place: string, from: string, to: string) => `${place} from ${from} to ${to}`
export const countMore = (count: number) => `${count} more`
export const theParams = 'the params'
export const told = {
  bell: (people: string) => `${people} told here`,
  mail: (people: string) => `${people} told by mail`,
  both: (people: string) => `${people} told here and by mail`,
}
export const others = (count: number) => `${count} others`
export const listOf = (names: string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join()
export const asked = 'asked'
export const voted = 'voted'
export const commented = 'commented'
export const approved = 'approved'
export const approvedByBreakGlass = 'approved by break-glass'
export const rejected = 'rejected'
export const somebody = 'somebody'
