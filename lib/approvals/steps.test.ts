import { describe, expect, it } from 'vitest'
import { dueReminder, nextStep } from './steps'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 9, minute))
const hour = { requestedAt: at(0), expiresAt: at(60), terms: null }

describe('the steps of an approval', () => {
  it.each([
    [0, undefined, 'half_time'],
    [29, undefined, 'half_time'],
    [30, 'half_time', 'last_call'],
    [53, 'half_time', 'last_call'],
    [54, 'last_call', undefined],
    [60, 'last_call', undefined],
  ])('after %i minutes of 60: due is %s, and next comes %s', (minute, due, next) => {
    expect(dueReminder(hour, at(minute))?.kind).toBe(due)
    expect(nextStep(hour, at(minute))?.kind).toBe(next)
  })

  it('move with the deadline', () => {
    const extended = { ...hour, expiresAt: at(120) }
    expect(nextStep(extended, at(54))).toEqual({ kind: 'half_time', at: at(60) })
    expect(nextStep(extended, at(60))).toEqual({ kind: 'last_call', at: at(108) })
  })

  it('are escalations too, which stay where they are when the deadline moves', () => {
    const rule = { tool: 'refund', condition: null, escalate: [{ after: 40 * 60, to: ['leads'] }] }
    const terms = { rules: [rule] }
    expect(nextStep({ ...hour, terms }, at(30))).toEqual({ kind: 'escalated', at: at(40) })
    expect(dueReminder({ ...hour, terms }, at(40))).toEqual({ kind: 'half_time', at: at(30) })
    expect(nextStep({ ...hour, terms }, at(40))).toEqual({ kind: 'last_call', at: at(54) })
    expect(nextStep({ ...hour, expiresAt: at(120), terms }, at(30))?.at).toEqual(at(40))
  })
})
