import { keepHere, keptHere } from '../ui/kept-here'

/** Where a list of rows of one height stands: which row is at the top, and by how much of it it is scrolled. */
export type ListPlace = { id: string | undefined; at: number; by: number }

type Kept = ListPlace & { of: string }

const name = 'list'

/** Where this list stood in this entry of the history; of another list that was here nothing is known. */
export function keptPlace(of: string): ListPlace | undefined {
  const kept = keptHere<Kept>(name)
  return kept?.of === of ? kept : undefined
}

export function keepPlace(of: string, place: ListPlace | undefined): void {
  keepHere(name, place && { ...place, of })
}

/** Has what `go` makes the history's next entry begin where the list stands in this one. */
export function takePlaceAlong(go: () => void): void {
  const kept = keptHere(name)
  go()
  keepHere(name, kept)
}
