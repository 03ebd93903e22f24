'use client'

import type { ReactNode } from 'react'
import type { Listed } from '@/lib/fields'
import * as say from '@/words/ui/paged-list'
import * as shared from '@/words/shared'
import { Button } from './button'
import { ErrorState } from './error-state'
import { SkeletonRows } from './skeleton'
import { ListFrame } from './table'
import { useKeptRows } from './use-kept-rows'
import { uniqueById, usePages } from './use-pages'

type PagedListProps<T extends { id: string }> = {
  /** Names the list for readers. */
  label: string
  /** What it is a list of, as a sentence begins: `The runs`. */
  what: string
  /** Where the API gives it. */
  path: string
  /** The first page; null where only the browser reads it. */
  initial: Listed<T> | null
  refreshMs?: (pages: Listed<T>[]) => number
  /** What stands in place of an empty list. */
  empty: ReactNode
  /** One row, a list item. */
  children: (item: T) => ReactNode
}

/** A list that is read page by page and kept up to date; one that cannot be read is never an empty one. */
export function PagedList<T extends { id: string }>(props: PagedListProps<T>) {
  const { label, what, path, initial, refreshMs, empty, children } = props
  const list = usePages(path, initial, refreshMs)
  const items = uniqueById(list.pages.flatMap((page) => page.items))
  const rows = useKeptRows(label, items, list)
  return (
    <>
      {list.error && (
        <div className="mb-3">
          <ErrorState
            title={say.couldNotBeRead(what)}
            action={<Button onClick={list.reload}>{shared.tryAgain}</Button>}
          >
            {say.mayBeBehind(list.error.message)}
          </ErrorState>
        </div>
      )}
      {items.length > 0 && (
        <ListFrame>
          <ul ref={rows} aria-label={label} className="divide-y divide-line">
            {items.map(children)}
          </ul>
        </ListFrame>
      )}
      {list.isWaiting && <SkeletonRows label={say.loadingList(label)} />}
      {items.length === 0 && !list.isWaiting && !list.error && empty}
      <LoadMore list={list} />
    </>
  )
}

type LoadMoreProps = {
  list: { hasMore: boolean; isLoadingMore: boolean; loadMore: () => void }
  children?: string
}

/** Reads the next page of a list, where there is one. */
export function LoadMore({ list, children = say.loadMore }: LoadMoreProps) {
  if (!list.hasMore) return null
  return (
    <Button variant="ghost" isBusy={list.isLoadingMore} onClick={list.loadMore} className="mt-2">
      {list.isLoadingMore ? say.loadingMore : children}
    </Button>
  )
}
