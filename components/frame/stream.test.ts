import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openStream, type Change } from './stream'

/** The browser's part of a stream, moved by hand. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  static all: FakeSource[] = []
  readyState = 0
  constructor(readonly url: string) {
    super()
    FakeSource.all.push(this)
  }
  close() {
    this.readyState = FakeSource.CLOSED
  }
  say(type: string, data?: object) {
    this.dispatchEvent(Object.assign(new Event(type), data && { data: JSON.stringify(data) }))
  }
}

const page = Object.assign(new EventTarget(), { hidden: false })
const tell = vi.fn<(changes: Change[] | null) => void>()
const setIsBehind = vi.fn<(isBehind: boolean) => void>()
const tellPauses = vi.fn<() => void>()
let close: () => void

const latest = () => FakeSource.all.at(-1) as FakeSource
function show(isHidden: boolean) {
  page.hidden = isHidden
  page.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', new EventTarget())
  FakeSource.all = []
  page.hidden = false
  tell.mockClear()
  setIsBehind.mockClear()
  tellPauses.mockClear()
  close = openStream('/stream', tell, setIsBehind, tellPauses)
})

afterEach(() => {
  close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('events', () => {
  it('tells the first at once and those after it together', () => {
    const asked = { id: 'apr_0', status: 'pending' }
    latest().say('approval.requested', asked)
    expect(tell.mock.calls).toEqual([[[asked]]])
    const later = { decided: 'approved', expired: 'expired', cancelled: 'cancelled' }
    const changes = Object.entries(later).map(([type, status]) => ({ id: `apr_${type}`, status }))
    for (const [at, type] of Object.keys(later).entries()) latest().say(`approval.${type}`, changes[at])
    expect(tell).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    expect(tell.mock.calls.slice(1)).toEqual([[changes]])
    vi.advanceTimersByTime(10_000)
    expect(tell).toHaveBeenCalledTimes(2)
    latest().say('approval.decided', asked)
    expect(tell).toHaveBeenCalledTimes(3)
  })

  it('tells of pauses for themselves, and after a gap', () => {
    latest().say('open')
    expect(tellPauses).not.toHaveBeenCalled()
    latest().say('agent.paused', { agent: 'payer' })
    latest().say('agent.resumed', { agent: 'payer' })
    expect(tellPauses).toHaveBeenCalledTimes(2)
    latest().say('error')
    latest().say('open')
    expect(tellPauses).toHaveBeenCalledTimes(3)
  })

  it('says nothing of others', () => {
    latest().say('message')
    vi.advanceTimersByTime(1000)
    expect(tell).not.toHaveBeenCalled()
  })
})

describe('a lost connection', () => {
  it('is mentioned only when it lasts, and read up on afterwards', () => {
    latest().say('open')
    latest().say('error')
    vi.advanceTimersByTime(2000)
    expect(setIsBehind).not.toHaveBeenCalledWith(true)
    vi.advanceTimersByTime(1000)
    expect(setIsBehind).toHaveBeenLastCalledWith(true)
    latest().say('open')
    expect(setIsBehind).toHaveBeenLastCalledWith(false)
    expect(tell.mock.calls, 'once that it listens, and then that something may be missing').toEqual([
      [[]],
      [null],
    ])
    latest().say('open')
    expect(tell).toHaveBeenCalledTimes(2)
    expect(FakeSource.all).toHaveLength(1)
  })

  it('is opened anew where the server refused it, ever more slowly', () => {
    const refuse = () => {
      latest().readyState = FakeSource.CLOSED
      latest().say('error')
    }
    refuse()
    expect(tell, 'reading shows whether one is still a member').toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(2000)
    expect(FakeSource.all).toHaveLength(2)
    refuse()
    vi.advanceTimersByTime(3999)
    expect(FakeSource.all).toHaveLength(2)
    vi.advanceTimersByTime(1)
    expect(FakeSource.all).toHaveLength(3)
  })
})

describe('a stream that is refused again and again', () => {
  const refuse = () => {
    latest().readyState = FakeSource.CLOSED
    latest().say('error')
  }

  it('is asked for seldom, while reading goes on, until it opens', () => {
    refuse()
    vi.advanceTimersByTime(2000)
    refuse()
    vi.advanceTimersByTime(4000)
    refuse()
    expect(FakeSource.all).toHaveLength(3)
    tell.mockClear()
    vi.advanceTimersByTime(119_000)
    expect(FakeSource.all, 'in two minutes not once').toHaveLength(3)
    expect(tell, 'every 15 s').toHaveBeenCalledTimes(7)
    vi.advanceTimersByTime(1000)
    expect(FakeSource.all).toHaveLength(4)
    latest().say('open')
    expect(setIsBehind).toHaveBeenLastCalledWith(false)
    tell.mockClear()
    vi.advanceTimersByTime(300_000)
    expect(tell).not.toHaveBeenCalled()
    expect(FakeSource.all).toHaveLength(4)
  })

  it('in ten minutes is asked for a handful of times', () => {
    for (let second = 0; second < 600; second++) {
      if (latest().readyState !== FakeSource.CLOSED) refuse()
      vi.advanceTimersByTime(1000)
    }
    expect(FakeSource.all.length).toBeLessThanOrEqual(8)
  })
})

describe('a page out of sight', () => {
  it('gives its connection back after a while and looks now and then', () => {
    show(true)
    vi.advanceTimersByTime(59_000)
    expect(latest().readyState).toBe(0)
    vi.advanceTimersByTime(1000)
    expect(latest().readyState).toBe(FakeSource.CLOSED)
    vi.advanceTimersByTime(60_000)
    expect(tell).toHaveBeenCalledTimes(3)
    show(false)
    expect(FakeSource.all).toHaveLength(2)
    latest().say('open')
    expect(tell).toHaveBeenCalledTimes(4)
    vi.advanceTimersByTime(120_000)
    expect(tell).toHaveBeenCalledTimes(4)
  })

  it('keeps its connection when it is seen again soon', () => {
    show(true)
    vi.advanceTimersByTime(30_000)
    show(false)
    vi.advanceTimersByTime(120_000)
    expect(FakeSource.all).toHaveLength(1)
    expect(latest().readyState).toBe(0)
  })
})

it('is quiet once it is closed', () => {
  const source = latest()
  source.say('approval.requested')
  source.say('approval.requested')
  close()
  vi.advanceTimersByTime(200_000)
  show(false)
  expect(tell).toHaveBeenCalledTimes(1)
  expect(source.readyState).toBe(FakeSource.CLOSED)
  expect(FakeSource.all).toHaveLength(1)
})
