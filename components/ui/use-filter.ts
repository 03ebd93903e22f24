'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import type { z } from 'zod'

/** The filters of a page as `pageQuery` reads them from its address by the schemas of their names. */
export type FilterOf<S extends Record<string, z.ZodType<string>>> = { [K in keyof S]?: z.output<S[K]> }

type Values = Record<string, string>

/**
 * Changes the filters in the page's address. What a form says is put there as it is, without what is empty: the page
 * reads it by the schemas, and says what it leaves out.
 */
export function useFilter(pathOf: (filter: Values) => string) {
  const router = useRouter()
  const [isPending, startTransition] = useTransition()

  function apply(values: Values) {
    const given = Object.entries(values).flatMap(([name, value]) => {
      const text = value.trim()
      return text === '' ? [] : [[name, text]]
    })
    const path = pathOf(Object.fromEntries(given) as Values)
    startTransition(() => router.replace(path, { scroll: false }))
  }
  function applyForm(form: HTMLFormElement | null) {
    if (form === null) return
    apply(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])))
  }
  return { isPending, apply, applyForm, clear: () => apply({}) }
}
