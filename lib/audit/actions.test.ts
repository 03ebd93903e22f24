import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { auditActions, type AuditAction } from './actions'
import type { AuditEntryInput } from './record'

/** Statuses that a verb puts together with `approval.`. */
const madeOfStatus = ['approval.approved', 'approval.rejected', 'approval.expired']

async function sources(): Promise<string> {
  const root = join(import.meta.dirname, '..')
  const files = await readdir(root, { recursive: true })
  const ours = files.filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.|^testing\/|^audit\/actions/.test(file),
  )
  return (await Promise.all(ours.map((file) => readFile(join(root, file), 'utf8')))).join('\n')
}

describe('the actions of the log', () => {
  it('are each `entity.participle`, once', () => {
    expect(new Set(auditActions).size).toBe(auditActions.length)
    for (const action of auditActions) expect(action).toMatch(/^[a-z]+\.[a-z_]+$/)
  })

  it('are all written by some verb', async () => {
    const text = await sources()
    const unused = auditActions.filter((action) => !text.includes(`'${action}'`))
    expect(unused.filter((action) => !madeOfStatus.includes(action))).toEqual([])
  })

  it('are the only ones that can be recorded', () => {
    const entry = (action: AuditAction): AuditEntryInput => ({
      action,
      target: { type: 'approval', id: 'apr_1', label: 'x' },
      detail: {},
    })
    // @ts-expect-error a name outside the list does not compile
    expect(auditActions).not.toContain(entry('approval.forgotten').action)
  })
})
