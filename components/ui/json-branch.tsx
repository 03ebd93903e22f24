import { useMemo, useState } from 'react'
import { plainText } from '@/lib/untrusted/channels'
import * as say from '@/words/ui/json-branch'
import { Icon } from './icon'
import { asTable, membersOf } from './json-members'
import { countLeaves } from './json-shape'
import { JsonTree, JsonValue, Name, type TreeProps } from './json-tree'

/** Of more values than this in one place only the first are drawn until all are asked for. */
const rowsShown = 60
const leavesOpen = 60
const depthOpen = 5

type BranchProps = TreeProps & { value: object }

/** Of names that whoever asked chose. */
const placeOf = (path: string) => plainText(path, { singleLine: true, maxCharacters: 120 })

/** A list or object that is too long for one line: those of one shape as a table, others as a tree that folds. */
export default function JsonBranch(props: BranchProps) {
  const { value, path, isRecorded = false } = props
  const table = asTable(value)
  return table ? <ObjectTable path={path} {...table} isRecorded={isRecorded} /> : <Branch {...props} />
}

function Branch({ value, path, depth = 0, isRecorded }: BranchProps) {
  const members = useMemo(() => membersOf(value, path), [value, path])
  const [isOpen, setOpen] = useState(() => depth < depthOpen && countLeaves(value, leavesOpen) <= leavesOpen)
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? members : members.slice(0, rowsShown)
  const size = (Array.isArray(value) ? say.items : say.members)(members.length)
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-label={say.sizeOf(size, placeOf(path))}
        onClick={() => setOpen(!isOpen)}
        className="-ml-1 flex items-center gap-1 rounded-xs px-1 text-xs font-medium text-muted hover:text-ink pointer-coarse:h-10"
      >
        <Icon name="chevron" className={`size-3.5! ${isOpen ? 'rotate-90' : ''}`} />
        {size}
      </button>
      {isOpen && (
        <dl className="mt-0.5 ml-1 space-y-0.5 border-l border-line pl-3">
          {shown.map((member) => (
            <div key={member.path} className="flex flex-wrap gap-x-3">
              <dt className="code text-muted">
                <Name text={member.name} isRecorded={isRecorded} />
              </dt>
              <dd className="min-w-0 flex-1 basis-32">
                <JsonTree
                  value={member.value}
                  path={member.path}
                  depth={depth + 1}
                  isRecorded={isRecorded ?? false}
                />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {isOpen && members.length > shown.length && (
        <More count={members.length} onPress={() => setWhole(true)} />
      )}
    </div>
  )
}

type ObjectTableProps = {
  path: string
  columns: string[]
  rows: Record<string, unknown>[]
  isRecorded: boolean
}

/** What scrolls must be reachable by keyboard (WCAG 2.1.1). */
const reachable = { tabIndex: 0 }

function ObjectTable({ path, columns, rows, isRecorded }: ObjectTableProps) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? rows : rows.slice(0, rowsShown)
  return (
    <div className="min-w-0">
      <section
        {...reachable}
        aria-label={say.itemsOf(rows.length, placeOf(path))}
        className="max-w-full overflow-x-auto rounded-sm border border-line"
      >
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">{say.itemsOf(rows.length, placeOf(path))}</caption>
          <thead className="bg-sunken">
            <tr>
              <th scope="col" className="px-2 py-1 text-xs font-medium text-muted">
                {say.items(rows.length)}
              </th>
              {columns.map((name) => (
                <th key={name} scope="col" className="code px-2 py-1 text-xs font-medium text-muted">
                  <Name text={name} isRecorded={isRecorded} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, at) => (
              <tr key={at} className="border-t border-line">
                <td className="px-2 py-1 text-xs text-faint">{at}</td>
                {columns.map((name) => (
                  <td key={name} className="px-2 py-1 align-top">
                    {Object.hasOwn(row, name) ? (
                      <JsonValue value={row[name]} isRecorded={isRecorded} />
                    ) : (
                      <span className="text-faint">—</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shown.length && <More count={rows.length} onPress={() => setWhole(true)} />}
    </div>
  )
}

function More({ count, onPress }: { count: number; onPress: () => void }) {
  return (
    <button
      type="button"
      data-show-all=""
      onClick={onPress}
      className="mt-1 rounded-xs text-xs font-medium text-accent hover:underline pointer-coarse:h-10"
    >
      {say.showAll(count)}
    </button>
  )
}
