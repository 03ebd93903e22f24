import type { Instrumentation } from 'next'

/** A page, action or route of Next that fails leaves one line in the log. */
export const onRequestError: Instrumentation.onRequestError = async (error, request) => {
  // This file is compiled for the edge too, where nothing of ours runs.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { logPageError } = await import('@/lib/process/log')
  logPageError(error, request)
}
