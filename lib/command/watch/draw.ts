import type { Approval } from '@/lib/client/approval'
import { summarizeParams } from '@/lib/untrusted/params'
import { oneLine, type Style } from '../printer'
import { approvalLines } from '../show'
import { cells, fitted } from '../width'
import { distance, outcomeWords } from '../words'
import type { Row } from './frame'
import { readMark, type Queue } from './queue'

export type View = {
  columns: number
  rows: number
  /** By the server's clock, as far as it is known. */
  now: number
  project: string
  /** Since when nobody has answered; undefined where what is shown is as it is. */
  silentSince: string | undefined
}

const plain = { style: (_: Style, text: string) => text }

export const smallest = { columns: 40, rows: 12 }

const sheet: [key: string, act: string][] = [
  ['J, K', 'Next request, the one before; also the arrows'],
  ['Space, B', 'Read on, and back'],
  ['N', 'Show new requests'],
  ['T', 'Show the address of the run'],
  ['A', 'Approve…'],
  ['R', 'Reject…'],
  ['Ctrl Enter', 'Confirm; Ctrl J or Alt Enter where the terminal does not tell it'],
  ['Esc', 'Back; what was typed stays'],
  ['X', 'Select, to decide on several'],
  ['E', 'Show all params, on the whole screen'],
  ['?', 'These keys'],
  ['Q', 'Leave; nothing is withdrawn'],
]

/** The whole screen. It also marks what has been read to its end. */
export function draw(queue: Queue, view: View): Row[] {
  const { columns, rows } = view
  if (columns < smallest.columns || rows < smallest.rows) {
    return [[['Make the terminal larger:']], [[`${smallest.columns} by ${smallest.rows}.`]], [['Q leaves.']]]
  }
  const bar = barRows(queue, columns)
  const head = headRow(queue, view)
  const room = rows - 1 - bar.length
  if (queue.isHelp) return fill([head, ...helpRows()], rows - bar.length, bar)
  if (queue.shown.length === 0) {
    const none: Row[] = !queue.isLoaded
      ? [[], [['  One moment…', 'dim']]]
      : [[], [['  Nothing waits.', 'bold']], [['  What is held appears here by itself.', 'dim']]]
    return fill([head, ...none], rows - bar.length, bar)
  }
  const listRoom = queue.isWide ? 0 : Math.max(3, Math.min(queue.shown.length, Math.floor(room / 3)))
  const list = listRows(queue, view, listRoom)
  const paneRoom = room - list.length - 1
  const pane = paneRows(queue, view, paneRoom)
  return fill([head, ...list, [['─'.repeat(columns), 'dim']], ...pane], rows - bar.length, bar)
}

function fill(rows: Row[], room: number, bar: Row[]): Row[] {
  return [
    ...rows.slice(0, room),
    ...Array.from({ length: Math.max(0, room - rows.length) }, (): Row => []),
    ...bar,
  ]
}

function headRow(queue: Queue, { columns, project, silentSince }: View): Row {
  const { waiting, fresh, selected, isLoaded } = queue
  const counts = [
    waiting === 0 ? 'nothing waits' : waiting === 1 ? '1 waits' : `${waiting} wait`,
    ...(fresh.size > 0 ? [`${fresh.size} new: N`] : []),
    ...(selected.size > 0 ? [`${selected.size} selected`] : []),
  ]
  const left = ` Holdpoint  ${oneLine(project, 30)}  ${isLoaded ? counts.join(', ') : ''}`
  const right = silentSince !== undefined ? `no answer since ${silentSince} ` : isLoaded ? 'live ' : ''
  const shown = fitted(left, Math.max(10, columns - right.length - 1))
  const between = ' '.repeat(Math.max(1, columns - cells(shown) - right.length))
  return [[shown + between + right, silentSince === undefined ? 'inverse' : ['inverse', 'yellow']]]
}

function helpRows(): Row[] {
  return [
    [],
    [
      ['  Keys', 'bold'],
      ['   No single key decides anything.', 'dim'],
    ],
    [],
    ...sheet.map(([key, act]): Row => [[`  ${key.padEnd(12)}`, 'bold'], [act]]),
  ]
}

const statusStyle: Record<Approval['status'], Style> = {
  pending: 'yellow',
  approved: 'green',
  rejected: 'red',
  expired: 'dim',
  cancelled: 'dim',
}

function listRows(queue: Queue, view: View, room: number): Row[] {
  if (room === 0) return []
  const at = Math.max(
    0,
    queue.shown.findIndex(({ id }) => id === queue.current),
  )
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), queue.shown.length - room))
  return queue.shown.slice(first, first + room).map((one): Row => {
    const isHere = one.id === queue.current
    const mark = `${isHere ? '>' : ' '}${queue.selected.has(one.id) ? 'x' : ' '} `
    const when = one.status === 'pending' ? distance(one.expires_at, view.now) : one.status
    const agent = fitted(oneLine(one.agent, 40), 16)
    const call = `${oneLine(one.tool)}  ${summarizeParams(one.params, 160)}`
    const style: Style | undefined = isHere ? 'bold' : undefined
    return [
      [mark, style],
      [when.padEnd(10), statusStyle[one.status]],
      [`${agent}${' '.repeat(16 - cells(agent))} `, style],
      [call, style],
    ]
  })
}

/** The request in full, or those that are selected one after the other. */
function paneRows(queue: Queue, view: View, room: number): Row[] {
  const { item } = queue
  const chosen = queue.shown.filter(({ id }) => queue.selected.has(id))
  const subjects = queue.step?.subjects ?? (chosen.length > 0 ? chosen : item ? [item] : [])
  const lines = subjects.flatMap((one, at) => [
    ...(subjects.length > 1 ? [`── ${at + 1} of ${subjects.length} ──`] : []),
    ...approvalLines(one, plain, view.columns, view.now),
    ...(at < subjects.length - 1 ? [''] : []),
  ])
  const isLong = lines.length > room
  const shownRoom = isLong ? room - 1 : room
  queue.page = shownRoom
  const last = Math.max(0, lines.length - shownRoom)
  queue.scroll = Math.max(0, Math.min(queue.scroll, last))
  if (queue.scroll === last) for (const one of subjects) queue.read.add(readMark(one))
  const rows = lines.slice(queue.scroll, queue.scroll + shownRoom).map(lineRow)
  if (!isLong) return rows
  const below = lines.length - queue.scroll - shownRoom
  return [
    ...rows,
    [
      [
        below > 0
          ? `  ${below} more ${below === 1 ? 'line' : 'lines'}: Space`
          : '  All of it has been shown.',
        below > 0 ? ['yellow', 'bold'] : 'dim',
      ],
    ],
  ]
}

function lineRow(line: string, at: number): Row {
  if (line.startsWith('    ! ')) return [[line, 'yellow']]
  if (line.startsWith('── ')) return [[line, 'dim']]
  return [[line, at === 0 ? 'bold' : undefined]]
}

const named = (subjects: Approval[]) =>
  subjects.length === 1 ? oneLine(subjects[0]!.tool, 60) : `${subjects.length} requests`

/** What there is to be done, below. */
function barRows(queue: Queue, columns: number): Row[] {
  const { step, notice, item, reason, isBusy } = queue
  const told: Row[] = notice ? [[[` ${notice.text}`, notice.isTrouble ? ['yellow', 'bold'] : 'green']]] : []
  const line: Row = [['─'.repeat(columns), 'dim']]
  if (step) {
    const { decision, subjects } = step
    const verb = decision === 'approve' ? 'Approve' : 'Reject'
    const what =
      decision === 'approve' ? 'It may then run once, with exactly these params.' : 'It will not run.'
    const room = columns - 12
    const typed = oneLine(reason, Infinity)
    const end = cells(typed) > room ? `…${lastCells(typed, room - 1)}` : typed
    return [
      line,
      [[` ${verb} ${named(subjects)}? `, ['bold', decision === 'approve' ? 'green' : 'red']], [what]],
      [[' Reason: ', 'dim'], [end], ['▏']],
      [[isBusy ? ' One moment…' : ` Ctrl Enter (or Ctrl J): ${verb.toLowerCase()}   Esc: back`, 'bold']],
      ...told,
    ]
  }
  const hint = queue.isHelp
    ? ' Esc: back'
    : item?.status === 'pending' || queue.selected.size > 0
      ? ' A: approve…  R: reject…  J, K: move  Space: read on  ?: keys  Q: leave'
      : ' J, K: move  N: new list  ?: keys  Q: leave'
  const ended: Row[] = item && item.status !== 'pending' && !notice ? [[[` ${outcomeWords(item)}`]]] : []
  return [line, ...told, ...ended, [[hint, 'dim']]]
}

function lastCells(text: string, columns: number): string {
  const characters = [...text]
  let shown = ''
  for (let at = characters.length - 1; at >= 0; at--) {
    if (cells(characters[at] + shown) > columns) break
    shown = characters[at] + shown
  }
  return shown
}
