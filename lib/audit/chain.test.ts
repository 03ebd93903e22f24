import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { chainForm, genesisHash, hashOfEntry } from './chain'
import type { AuditEntry } from './schemas'

const entry: AuditEntry = {
  id: 'aud_01h455vb4pex5vsknk084sn02q',
  seq: 1,
  at: '2026-01-31T12:00:00.000Z',
  action: 'key.created',
  actor: { type: 'user', id: 'usr_1', label: 'Ann' },
  via: 'console',
  target: { type: 'key', id: 'key_1', label: 'Agents' },
  detail: { kind: 'agent', scopes: ['run'] },
  credential_id: null,
  request_id: null,
  address: null,
  prev_hash: genesisHash,
  hash: null,
}

/** As it was sealed before entries had a credential, a request and an address. */
const oldText =
  `{"action":"key.created","actor":{"id":"usr_1","label":"Ann","type":"user"},"at":"2026-01-31T12:00:00.000Z",` +
  `"detail":{"kind":"agent","scopes":["run"]},"id":"aud_01h455vb4pex5vsknk084sn02q","prev_hash":"${genesisHash}",` +
  `"seq":1,"target":{"id":"key_1","label":"Agents","type":"key"},"via":"console"}`

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('the hash of an entry', () => {
  it('is byte for byte the old one for an entry without the later members', () => {
    expect(hashOfEntry(entry)).toBe(sha256(oldText))
    expect(hashOfEntry(entry)).toBe('97d2434cff2d4f78f2b44ec861947d990835565bb54a5b136265b13b0cfdab5a')
    expect(chainForm(entry)).not.toHaveProperty('credential_id')
  })

  it.each([{ credential_id: 'key_1' }, { request_id: 'r' }, { address: '192.0.2.1' }])(
    'covers %j where it is there',
    (member) => expect(hashOfEntry({ ...entry, ...member })).not.toBe(hashOfEntry(entry)),
  )

  it('does not cover itself', () => {
    expect(hashOfEntry({ ...entry, hash: 'x' } as AuditEntry)).toBe(hashOfEntry(entry))
  })
})
