type Fetch = typeof fetch

const firstPauseMs = 1000
const longestPauseMs = 8000
/** What stands before a server answers so while that is gone. */
const gone = new Set([502, 503, 504])

/**
 * Makes a fetch that does not give up where Next fetches a page to show: Next would have the browser load the address
 * whole, which shows its own error page where nothing answers, and all that was typed is gone. It is asked again until
 * somebody answers; every other request is as it was.
 * @param tell is told whether a page is being asked for in vain
 */
export function steadyFetch(plain: Fetch, tell: (isTrying: boolean) => void): Fetch {
  let inVain = 0
  const count = (by: 1 | -1) => {
    inVain += by
    tell(inVain > 0)
  }
  return async (input, init) => {
    if (!isForPage(init)) return plain(input, init)
    let pauseMs = firstPauseMs
    let hasFailed = false
    try {
      for (;;) {
        const answer = await plain(input, init).catch((error: unknown) => {
          if (init?.signal?.aborted) throw error
          return null
        })
        if (answer && !gone.has(answer.status)) return answer
        if (!hasFailed) count(1)
        hasFailed = true
        await pause(pauseMs, init?.signal)
        pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      }
    } finally {
      if (hasFailed) count(-1)
    }
  }
}

/** Whether Next is to show what it fetches, rather than to have it ready. */
function isForPage(init: RequestInit | undefined): boolean {
  const headers = new Headers(init?.headers)
  return headers.has('rsc') && !headers.has('next-router-prefetch')
}

/** Waits, and no longer once the browser says that it has a connection again. */
function pause(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    window.addEventListener('online', done)
    signal?.addEventListener('abort', done)
  })
}
