import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { chainForm, commit, genesisHash, hashOfEntry, isSound } from './chain'
import type { AuditEntry } from './schemas'

const entry: AuditEntry = {
  v: 1,
  id: 'aud_01h455vb4pex5vsknk084sn02q',
  seq: 1,
  at: '2026-01-31T12:00:00.000Z',
  action: 'key.created',
  actor: { type: 'user', id: 'usr_1', label: 'Ann', commitment: null },
  via: 'console',
  target: { type: 'key', id: 'key_1', label: 'Agents', commitment: null },
  detail: { kind: 'agent', scopes: ['run'] },
  detail_commitment: null,
  credential_id: null,
  request_id: null,
  address: null,
  address_commitment: null,
  salt: null,
  erased_at: null,
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

describe('an entry of version 2', () => {
  const seal = (bare: Omit<AuditEntry, 'hash'>): AuditEntry => {
    const committed = commit(bare)
    return { ...committed, hash: hashOfEntry(committed) }
  }
  const sealed = seal({ ...entry, address: '192.0.2.1' })

  it('has a salt of its own, commitments to its text under it, and a hash over these', () => {
    const { salt, actor, target, ...rest } = sealed
    const to = (text: string) =>
      createHash('sha256')
        .update(Buffer.concat([Buffer.from(salt ?? '', 'hex'), Buffer.from([0]), Buffer.from(text)]))
        .digest('hex')
    expect(Buffer.from(salt ?? '', 'hex')).toHaveLength(16)
    expect([actor.commitment, target.commitment]).toEqual([to('Ann'), to('Agents')])
    expect(rest.detail_commitment).toBe(to('{"kind":"agent","scopes":["run"]}'))
    expect(rest.address_commitment).toBe(to('192.0.2.1'))
    expect(rest.hash).toBe(
      sha256(
        `{"action":"key.created","actor":{"commitment":"${to('Ann')}","id":"usr_1","type":"user"},` +
          `"address_commitment":"${to('192.0.2.1')}","at":"2026-01-31T12:00:00.000Z",` +
          `"detail_commitment":"${to('{"kind":"agent","scopes":["run"]}')}","id":"aud_01h455vb4pex5vsknk084sn02q",` +
          `"prev_hash":"${genesisHash}","seq":1,"target":{"commitment":"${to('Agents')}","id":"key_1","type":"key"},` +
          `"v":2,"via":"console"}`,
      ),
    )
    expect(commit(entry).salt).not.toBe(commit(entry).salt)
  })

  it('is sound, without an address too, and once its text was erased', () => {
    expect(isSound(sealed)).toBe(true)
    expect(isSound(seal(entry))).toBe(true)
    expect(isSound({ ...entry, hash: hashOfEntry(entry) })).toBe(true)
    const { actor, target } = sealed
    expect(
      isSound({
        ...sealed,
        actor: { ...actor, label: null },
        target: { ...target, label: null },
        ...{ detail: null, address: null, salt: null, erased_at: '2026-02-01T12:00:00.000Z' },
      }),
    ).toBe(true)
  })
})
