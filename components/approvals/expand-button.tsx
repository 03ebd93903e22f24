import { Icon } from '../ui/icon'

type ExpandButtonProps = { tool: string; isExpanded: boolean; onToggle: () => void }

/** Opens and closes all params and details in place. */
export function ExpandButton({ tool, isExpanded, onToggle }: ExpandButtonProps) {
  return (
    <button
      type="button"
      aria-label={`All params of ${tool}`}
      aria-keyshortcuts="e"
      aria-expanded={isExpanded}
      title={isExpanded ? 'Hide the details' : 'Show all params and details'}
      onClick={onToggle}
      className="inline-flex size-7 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-sunken
        hover:text-ink pointer-coarse:size-9"
    >
      <Icon name="chevron" className={isExpanded ? 'rotate-90' : ''} />
    </button>
  )
}
