import { hash } from 'node:crypto'
import { canonicalJson } from '@/lib/json/canonical'
import { cutJson, writeJson } from '@/lib/json/write'

/** What only records is kept to so many bytes of JSON each. */
const mostKeptBytes = 256 * 1024

/** A value that was told to be recorded, and the text of it in the request. */
export type Told = { value: unknown; source: string | undefined }

/** What is kept of it: JSON, whole or cut. */
export type Kept = {
  /** In the order in which they were told; null where there was nothing, or null. */
  texts: (string | null)[]
  /** Bytes in the request of what was cut; null where all is kept. */
  truncatedBytes: number | null
}

/**
 * What is kept of values that only record: the JSON of each, of more than 256 kB the first as far as they go
 * (`cutJson`).
 */
export function keep(...told: Told[]): Kept {
  let cut = 0
  const texts = told.map(({ value, source }) => {
    if (value === undefined || value === null) return null
    const text = writeJson(value)
    if (Buffer.byteLength(text) <= mostKeptBytes) return text
    cut += Buffer.byteLength(source ?? text)
    return cutJson(value, mostKeptBytes)
  })
  return { texts, truncatedBytes: cut === 0 ? null : cut }
}

/** Tells contents apart that are kept cut: hex SHA-256 of the canonical JSON of all of it. */
export function digestOfContent(content: unknown): string {
  return hash('sha256', canonicalJson(content))
}
