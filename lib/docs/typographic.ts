/** Prose with the quotation marks and apostrophes of print, as the console writes its own words. */
export function typographic(prose: string): string {
  return prose
    .replace(/(^|[\s([])"(?=[\p{L}\p{N}]|$)/gu, '$1“')
    .replaceAll('"', '”')
    .replace(/([\s([“])'(?=[\p{L}\p{N}]|$)/gu, '$1‘')
    .replaceAll("'", '’')
}
