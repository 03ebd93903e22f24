#!/usr/bin/env node
// Checks an exported audit log by itself, with nothing but Node:  node verify-audit.mjs audit-payments.ndjson
// Says in a sentence what it found, with the head to compare with one that was published. Exit code 1: not sound.

import { createHash } from 'node:crypto'
import { createReadStream, realpathSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** What the commitments of version 2 stand for, and what says so. */
const erasable = ['salt', 'detail', 'address', 'erased_at']
/** What is wrong with an export of nothing: a download that failed is one. */
export const noEntry = 'The export holds no entry, so it proves nothing.'
const counted = (number) => number.toLocaleString('en-US')

/**
 * Checks an export line by line, from its first.
 * @returns {{ check: (line: string) => void, count: () => number, end: () => { fault?: string, summary: string, head?: string } }}
 * `check` throws an Error that says what is wrong with the line, `count` says how many were sound, `end` what there is to
 * say of the whole: its head as SEQ:HASH, and what is wrong, where something is
 */
export function auditVerifier() {
  /** Told of by the log itself: by its ids, that they were erased. */
  const untold = new Map()
  const erasures = []
  let [count, start, pruned, previous] = [0, undefined, undefined, undefined]

  function check(line) {
    const entry = membersOf(line)
    const seq = Number(entry.get('seq'))
    start ??= { seq, hash: read(entry, 'prev_hash') }
    if (previous === undefined && seq === 1) previous = '0'.repeat(64)
    if (seq !== start.seq + count) throw new Error(`entry ${start.seq + count} is missing`)
    if (read(entry, 'prev_hash') !== (previous ?? start.hash))
      throw new Error('it does not follow the one before')
    if (read(entry, 'hash') !== hashOf(entry)) throw new Error('its hash is another')
    if (entry.has('v') && !keepsCommitments(entry))
      throw new Error('its text is not what it was committed to')
    remember(entry, seq)
    previous = read(entry, 'hash')
    count += 1
  }

  function remember(entry, seq) {
    if (entry.has('erased_at')) untold.set(read(entry, 'id'), seq)
    const action = read(entry, 'action')
    if (action === 'audit.pruned') pruned = read(entry, 'detail')
    if (action !== 'audit.erased') return
    const erased = read(entry, 'detail').entry_ids.filter((id) => untold.delete(id)).length
    const by = read(membersOf(entry.get('actor')), 'label')
    if (erased > 0)
      erasures.push(`${counted(erased)} erased on ${read(entry, 'at').slice(0, 10)} by ${shown(by)}`)
  }

  function fault() {
    if (start && start.seq > 1 && (pruned?.through_seq !== start.seq - 1 || pruned.hash !== start.hash))
      return `It begins at entry ${start.seq}, and no entry tells that the ones before were pruned.`
    for (const [id, seq] of untold)
      return `What entry ${seq} said is gone, and no entry tells that it was erased (${id}).`
  }

  const end = () => ({
    fault: fault(),
    summary: `${[`${counted(count)} entries, all sound`, ...erasures].join('; ')}.`,
    head: count > 0 ? `${start.seq + count - 1}:${previous}` : undefined,
  })
  return { check, count: () => count, end }
}

/** Over the whole line without its hash or, in version 2, over the commitments in the place of what they stand for. */
function hashOf(entry) {
  const hashed = new Map(entry)
  hashed.delete('hash')
  if (entry.has('v')) {
    if (entry.get('v') !== '2') throw new Error(`this script does not know version ${entry.get('v')}`)
    for (const name of erasable) hashed.delete(name)
    for (const name of ['actor', 'target']) {
      const party = membersOf(entry.get(name))
      party.delete('label')
      hashed.set(name, write(party))
    }
  }
  return sha256(write(hashed))
}

function keepsCommitments(entry) {
  const [actor, target] = [membersOf(entry.get('actor')), membersOf(entry.get('target'))]
  const clear = [
    [actor, 'label', actor, 'commitment'],
    [target, 'label', target, 'commitment'],
    [entry, 'detail', entry, 'detail_commitment'],
    [entry, 'address', entry, 'address_commitment'],
  ]
  if (entry.has('erased_at')) return !entry.has('salt') && clear.every(([from, name]) => !from.has(name))
  const salt = Buffer.from(read(entry, 'salt') ?? '', 'hex')
  return clear.every(([from, name, to, commitment]) => {
    const text = name === 'detail' ? from.get(name) : read(from, name)
    if (text === undefined) return name === 'address' && !to.has(commitment)
    return sha256(salt, '\0', text) === read(to, commitment)
  })
}

/** The members of an object as they are written: numbers of any size stay what they are. */
function membersOf(text) {
  const members = new Map()
  for (let at = 1; text[at] !== '}' && at < text.length;) {
    const colon = endOf(text, at)
    const end = endOf(text, colon + 1)
    members.set(JSON.parse(text.slice(at, colon)), text.slice(colon + 1, end))
    at = text[end] === ',' ? end + 1 : end
  }
  return members
}

/** Where the value that begins at a place ends. */
function endOf(text, from) {
  let [depth, isInText] = [0, false]
  for (let at = from; at < text.length; at++) {
    const sign = text[at]
    if (isInText) {
      if (sign === '\\') at += 1
      else if (sign === '"') isInText = false
    } else if (sign === '"') isInText = true
    else if (sign === '{' || sign === '[') depth += 1
    else if (depth === 0 && ',:}]'.includes(sign)) return at
    else if (sign === '}' || sign === ']') depth -= 1
  }
  throw new Error('it is cut off')
}

/** A name as a terminal may have it. */
const shown = (text) => text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?')
const write = (members) =>
  `{${[...members].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
const read = (members, name) => (members.has(name) ? JSON.parse(members.get(name)) : undefined)

async function main(input) {
  const verifier = auditVerifier()
  let line = 0
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line += 1
    try {
      verifier.check(text)
    } catch (error) {
      return `Line ${line} is not sound: ${error.message}. The ${counted(verifier.count())} before it are.`
    }
  }
  if (line === 0) return noEntry
  const { fault, summary, head } = verifier.end()
  if (fault !== undefined) return fault
  process.stdout.write(`${summary}\n${head === undefined ? '' : `Head ${head}\n`}`)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const [, , file] = process.argv
  const fault = await main(file === undefined ? process.stdin : createReadStream(file))
  if (fault !== undefined) {
    process.stderr.write(`${fault}\n`)
    process.exitCode = 1
  }
}
