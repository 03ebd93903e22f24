const requests = (count: number) => (count === 1 ? '1 request' : `${count} requests`)
export const ended = {
  approve: (count: number, all: number) => `${count} of ${requests(all)} approved`,
  reject: (count: number, all: number) => `${count} of ${requests(all)} rejected`,
}
export const andVotesKept = (ended: string, waiting: number) =>
  `${ended}; on ${waiting} your vote is kept and waits for others.`
