import { notFound } from 'next/navigation'
import type { z } from 'zod'
import { AppError } from '@/lib/errors'
import { readInput } from './input'

/**
 * The named parts of a page's address, decoded and by their schema; what is not by it is a page not found.
 * @param params as Next hands them over, still percent-encoded
 */
export async function pageParams<S extends z.ZodType>(
  schema: S,
  params: Promise<Record<string, string>>,
): Promise<z.output<S>> {
  try {
    const given = Object.entries(await params).map(([name, part]) => [name, decodeURIComponent(part)])
    return readInput(schema, Object.fromEntries(given))
  } catch (error) {
    if (error instanceof URIError || error instanceof AppError) notFound()
    throw error
  }
}

/**
 * A page of a list from a cursor in a page's address, which anybody may have written, or kept for longer than the key
 * that signs it: where it leads nowhere, the list's beginning, and that it is.
 */
export async function readFrom<T extends object>(
  cursor: string | undefined,
  read: (cursor?: string) => Promise<T>,
): Promise<T & { isStale: boolean }> {
  if (cursor === undefined) return { ...(await read()), isStale: false }
  try {
    return { ...(await read(cursor)), isStale: false }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_cursor') throw error
    return { ...(await read()), isStale: true }
  }
}

/** What a page reads by its address; what is not there, or another project's, is a page not found. */
export async function orNotFound<T>(read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound()
    throw error
  }
}
