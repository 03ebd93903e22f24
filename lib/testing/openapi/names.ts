import { createHash } from 'node:crypto'
import { deviceCode, exampleId, userCode } from '@/lib/http/examples/example'

const ids =
  /\b(apr|run|agt|key|whk|dlv|aud|usr|prj|stp|inv|ntc|ver|msg|dec|grp|abs|cmt|viw)_[0-9a-hjkmnp-tv-z]{26}\b/g
const times = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g

const clock: Record<string, string> = {
  requested_at: '09:00:00',
  created_at: '09:00:00',
  started_at: '09:00:00',
  expires_at: '10:00:00',
  claimed_at: '09:02:01',
  ended_at: '09:02:03',
  finished_at: '09:02:03',
}
const numbers: Record<string, number> = { wait_ms: 120_000, duration_ms: 84 }

/** What is different in each world, with its name in the published examples, and the other way round. */
export class Names {
  private readonly published = new Map<string, string>()
  private readonly real = new Map<string, string>()
  private readonly counts = new Map<string, number>()

  /** @param addresses of this world, with what stands for them */
  constructor(private readonly addresses: [real: string, published: string][]) {}

  /** As it is to be sent here. */
  toReal(text: string): string {
    const known = text
      .replace(ids, (id) => this.real.get(id) ?? id)
      .replaceAll(deviceCode, (code) => this.real.get(code) ?? code)
    return this.addresses.reduce((made, [real, published]) => made.replaceAll(published, real), known)
  }

  /** As it is published: the same in every world. */
  toPublished(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return key === 'next_cursor' ? 'b3BhcXVl' : this.textOf(value, key)
    if (typeof value === 'number') return numbers[key] ?? value
    if (Array.isArray(value)) return value.map((one) => this.toPublished(one, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.toPublished(one, name)]))
  }

  private textOf(given: string, key: string): string {
    if (key === 'device_code') return this.nameOf(given, key)
    if (key === 'user_code') return userCode
    const text = this.addresses.reduce((made, [real, published]) => made.replaceAll(real, published), given)
    return text
      .replace(ids, (id, kind: string) => this.nameOf(id, kind))
      .replace(times, (time) => this.timeOf(time, key))
      .replace(/(?<!sha256:)\b[0-9a-f]{64}\b/g, (hash) => this.nameOf(hash, 'hash'))
      .replace(/\b[0-9a-f]{32}\b/g, (salt) => this.nameOf(salt, 'salt'))
      .replace(/\b(hp[au]_)[0-9A-Za-z]{8}/g, '$1a1B2c3D4')
      .replace(/(?<=\bhp[au]_a1B2c3D4_)[0-9A-Za-z]{32}/g, '0'.repeat(32))
      .replace(/\bwhsec_[\w+/=]+/g, `whsec_${'A'.repeat(43)}=`)
      .replace(/(?<=\/device\?code=)[A-Z-]+/g, userCode)
      .replace(/(?<=\/invite\/)[\w.-]+/g, 'A'.repeat(43))
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '2b1a3c58-6f0e-4a52-9d4f-0c6f5d3e7a10')
  }

  private nameOf(real: string, kind: string): string {
    const known = this.published.get(real)
    if (known !== undefined) return known
    const nth = (this.counts.get(kind) ?? 0) + 1
    this.counts.set(kind, nth)
    const digest = () => createHash('sha256').update(String(nth)).digest('hex')
    const others: Record<string, () => string> = {
      hash: digest,
      salt: () => digest().slice(0, 32),
      device_code: () => deviceCode,
    }
    const made = others[kind]?.() ?? exampleId(kind, nth)
    this.published.set(real, made)
    this.real.set(made, real)
    return made
  }

  /** Of what happens now; what was asked for stays. */
  private timeOf(time: string, key: string): string {
    const isNow = Math.abs(Date.parse(time) - Date.now()) < 40 * 86_400_000
    return isNow ? `2026-11-30T${clock[key] ?? '09:02:00'}.000Z` : time
  }
}
