/** Sets an entry of a map that holds `most` at most: where it is full, the one that was set first goes. */
export function setBounded<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  const first = map.keys().next().value
  if (map.size >= most && first !== undefined && !map.has(key)) map.delete(first)
  map.set(key, value)
}
