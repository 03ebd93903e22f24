export const paths = {
  approvals: 'M8 1.75 13.5 4v4c0 3.2-2.2 5.3-5.5 6.25C4.7 13.3 2.5 11.2 2.5 8V4L8 1.75ZM6 6v4M10 6v4',
  runs: 'M3 3.5h4M3 8h10M3 12.5h7M9.5 3.5h3.5',
  agents:
    'M4 5.5h8a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6.5a1 1 0 0 1 1-1ZM8 5.5V2.75M6 8.75v1M10 8.75v1',
  audit: 'M4 2.5h6l2.5 2.5v8.5H4zM6.5 7h3.5M6.5 9.5h3.5M6.5 12h2',
  settings: 'M2.5 4.5h6M11.5 4.5h2M10 3v3M2.5 11.5h2M7.5 11.5h6M6 10v3',
  chevron: 'm6 4 4 4-4 4',
  down: 'm4 6 4 4 4-4',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z',
  check: 'm3.5 8.5 3 3 6-7',
  cross: 'm4.5 4.5 7 7M11.5 4.5l-7 7',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.25l2 1.25',
  slash: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM4.2 4.2l7.6 7.6',
  pause: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM6.5 6v4M9.5 6v4',
  warning: 'M8 2.25 14.25 13H1.75L8 2.25ZM8 6.5v3M8 11.25v.01',
  tool: 'M9.5 3.2a3.2 3.2 0 0 0-3 4.3l-4 4 2 2 4-4a3.2 3.2 0 0 0 4.3-3l-1.9 1.2-1.7-1.7 1.2-1.9a3.2 3.2 0 0 0-.9.1Z',
  model: 'M8 2.5v11M2.5 8h11M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6',
  message: 'M3 3.5h10v7.5H7l-3 2.5V11H3z',
  note: 'M3.5 3h9v7l-3 3h-6zM9.5 13v-3h3',
  external: 'M9 3h4v4M13 3 7.5 8.5M6.5 3.5h-3v9h9v-3',
  user: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM3 13.5c.5-2.6 2.5-4 5-4s4.5 1.4 5 4',
  bell: 'M8 2.25A3.75 3.75 0 0 0 4.25 6v2.5L3 11h10l-1.25-2.5V6A3.75 3.75 0 0 0 8 2.25ZM6.5 13.25a1.6 1.6 0 0 0 3 0',
  search: 'M7 2.75a4.25 4.25 0 1 0 0 8.5 4.25 4.25 0 0 0 0-8.5ZM10.25 10.25 13.5 13.5',
} as const

export type IconName = keyof typeof paths

/** A 16 px line drawing beside words; it never carries meaning alone, so it is hidden from readers. */
export function Icon({ name, className = '' }: { name: IconName; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`size-4 shrink-0 ${className}`}
    >
      <path d={paths[name]} />
    </svg>
  )
}
