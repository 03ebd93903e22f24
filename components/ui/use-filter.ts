'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import type { z } from 'zod'
import { pageQuery, type Search } from '@/lib/http/input'

type Fields = Record<string, z.ZodType<string>>

/** The filters of a page as `pageQuery` reads them from its address. */
export type FilterOf<S extends Fields> = { [K in keyof S]?: z.output<S[K]> }

/**
 * Changes the filters in the page's address. A form's values are read as the address is: by the schemas of their
 * names, and what is not by them is left out.
 */
export function useFilter<S extends Fields>(fields: S, pathOf: (filter: FilterOf<S>) => string) {
  const router = useRouter()
  const [isPending, startTransition] = useTransition()

  function apply(values: Search) {
    const path = pathOf(pageQuery(fields, values).query)
    startTransition(() => router.replace(path, { scroll: false }))
  }
  function applyForm(form: HTMLFormElement | null) {
    if (form === null) return
    apply(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])))
  }
  return { isPending, apply, applyForm, clear: () => apply({}) }
}
