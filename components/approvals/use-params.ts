import { useMemo } from 'react'
import useSWR from 'swr'
import type { Approval, SeenApproval } from '@/lib/approvals/schemas'
import { paramsSeen } from '@/lib/approvals/seen'
import { api } from '@/lib/paths'
import { fetchJson } from '../frame/fetch-json'

type Params = Record<string, unknown>

/** All params of each, by the approval's id; null until every one of them is there. */
export type LoadedParams = {
  paramsOf: ReadonlyMap<string, Params> | null
  error: Error | undefined
  retry: () => void
}

/** So many are read at once. */
const atOnce = 3

/** All params of these approvals: those that the list has, and the longer ones read for themselves. */
export function useParams(project: string, approvals: SeenApproval[]): LoadedParams {
  const { here, missing, digests } = useMemo(() => split(approvals), [approvals])
  const key = missing.length === 0 ? null : ['params', project, ...missing, ...digests]
  // Params of a digest never change, so what was read once holds.
  const { data, error, mutate } = useSWR<[string, Params][], Error>(key, () => readAll(project, missing), {
    refreshInterval: 0,
    revalidateIfStale: false,
    revalidateOnFocus: false,
    revalidateOnReconnect: false,
  })
  const paramsOf = useMemo(
    () => (missing.length > 0 && !data ? null : new Map([...here, ...(data ?? [])])),
    [here, missing, data],
  )
  return { paramsOf, error: paramsOf ? undefined : error, retry: () => void mutate() }
}

function split(approvals: SeenApproval[]): {
  here: [string, Params][]
  missing: string[]
  digests: string[]
} {
  const all = approvals.map((approval) => ({ ...approval, params: paramsSeen(approval) }))
  const absent = all.filter(({ params }) => params === null)
  return {
    here: all.flatMap(({ id, params }): [string, Params][] => (params ? [[id, params]] : [])),
    missing: absent.map(({ id }) => id),
    digests: absent.map(({ digest }) => digest),
  }
}

async function readAll(project: string, ids: string[]): Promise<[string, Params][]> {
  const read: Approval[] = []
  for (let at = 0; at < ids.length; at += atOnce) {
    const paths = ids.slice(at, at + atOnce).map((id) => api.approval(project, id))
    read.push(...(await Promise.all(paths.map((path) => fetchJson<Approval>(path)))))
  }
  return read.map(({ id, params }) => [id, params])
}
