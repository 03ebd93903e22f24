/** Beyond this product of lengths the built-in search could take a tenth of a second on chosen texts. */
const quickProduct = 1_000_000

/** For each prefix of a text, the length of its longest border: Knuth, Morris and Pratt's table. */
function borders(text: string): Uint32Array {
  const table = new Uint32Array(text.length)
  let length = 0
  for (let i = 1; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    while (length > 0 && text.charCodeAt(length) !== unit) length = table[length - 1] ?? 0
    if (text.charCodeAt(length) === unit) length++
    table[i] = length
  }
  return table
}

/** Whether one text holds another, in time linear in both (Knuth, Morris, Pratt 1977) where they are long. */
export function holdsText(text: string, part: string): boolean {
  if (part.length > text.length) return false
  if (part.length * text.length <= quickProduct) return text.includes(part)
  const table = borders(part)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    while (length > 0 && part.charCodeAt(length) !== unit) length = table[length - 1] ?? 0
    if (part.charCodeAt(length) === unit) length++
    if (length === part.length) return true
  }
  return false
}
