/** The sign of Holdpoint: a call on hold. */
export function Mark({ className = 'size-6' }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="8" className="fill-mark" />
      <path d="M11.5 9v14M20.5 9v14" className="stroke-mark-bars" strokeWidth="4.5" strokeLinecap="round" />
    </svg>
  )
}
