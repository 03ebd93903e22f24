import type { CuesLooked } from '@/lib/approvals/context/look-for-cues'
import { api } from '@/lib/paths'
import { postJson } from '../frame/post-json'

/** While many are looked at it is told this often that the list has changed, and after a failure tried again so late. */
const betweenMs = 3000

type Told = {
  /** How much is left; null where it could not be looked at, and is tried again. */
  onLeft: (left: number | null) => void
  /** Some were looked at since this was called last. */
  onLooked: () => void
}

/**
 * Has what waits looked at for its cues until none is left, and again when it is asked to.
 * @returns `again` says that more has come; `stop` ends it
 */
export function lookForCues(project: string, { onLeft, onLooked }: Told): { again(): void; stop(): void } {
  let isAsked = false
  let isRunning = false
  let isOver = false
  async function run() {
    isRunning = true
    let toldAt = performance.now()
    let isUntold = false
    while (isAsked && !isOver) {
      isAsked = false
      const answer = await postJson<CuesLooked>(api.lookForCues(project), {}).catch(() => null)
      if (isOver) return
      if (answer?.ok !== true) {
        isAsked = true
        onLeft(null)
        await new Promise((done) => setTimeout(done, betweenMs))
        continue
      }
      const { looked, left } = answer.value
      onLeft(left)
      isUntold ||= looked > 0
      isAsked ||= looked > 0 && left > 0
      if (!isUntold || (isAsked && performance.now() - toldAt < betweenMs)) continue
      onLooked()
      toldAt = performance.now()
      isUntold = false
    }
    isRunning = false
  }
  function again() {
    isAsked = true
    if (!isRunning) void run()
  }
  again()
  return {
    again,
    stop: () => {
      isOver = true
    },
  }
}
