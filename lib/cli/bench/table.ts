import { ratioText, valueText, type Figure } from './figure'

type Machine = { node: string; cpus: number; postgres: string; pgbench: string | null }

const heads = ['', 'median', 'of pgbench', 'of static', 'target']

/** The whole report as one aligned table, a line a figure, under the names of its sections. */
export function reportTable(machine: Machine, figures: readonly Figure[]): string {
  const rows = figures.map(rowOf)
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)))
  const line = (cells: string[]) =>
    cells
      .map((cell, at) =>
        at === 0 || at === 4 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd()
  const facts = `Node ${machine.node}, ${machine.cpus} processors, PostgreSQL ${machine.postgres}`
  const pgbench = machine.pgbench === null ? ', no pgbench here, so no ratios to it' : ''
  const lines = [facts + pgbench, '', line(heads)]
  for (const [at, figure] of figures.entries()) {
    if (figure.section !== figures[at - 1]?.section) lines.push('', figure.section)
    lines.push(line(rows[at] ?? []))
  }
  return lines.join('\n')
}

function rowOf(figure: Figure): string[] {
  const { name, value, unit, ofPgbench, ofStatic, target, note } = figure
  return [
    `  ${name}`,
    value === null ? '-' : `${valueText(value)} ${unit.padEnd(2)}`,
    ofPgbench === undefined ? '-' : ratioText(ofPgbench),
    ofStatic === undefined ? '-' : ratioText(ofStatic),
    [target && `${target.text} ${target.isMet ? 'met' : 'MISSED'}`, note].filter(Boolean).join('; '),
  ]
}
