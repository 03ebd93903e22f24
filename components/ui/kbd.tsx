/** The key that does what stands beside it; said to readers by `aria-keyshortcuts` of the control. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd
      aria-hidden="true"
      className="hidden rounded-xs border border-current px-1 font-mono text-[0.6875rem] leading-4 font-normal whitespace-nowrap md:inline pointer-coarse:hidden"
    >
      {children}
    </kbd>
  )
}
