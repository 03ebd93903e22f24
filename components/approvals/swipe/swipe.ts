import * as say from '@/words/approvals/swipe/swipe'

/** Which answer a swipe begins: to the right approves, to the left rejects. */
export type SwipeKind = 'approve' | 'reject'

/** Below this a finger only touched. */
const slackPx = 10
/** So far a row has to be drawn aside, or so much of its width where that is less. */
const farPx = 120
const farShare = 0.35

type Swipe = {
  id: string
  pointer: number
  row: HTMLElement
  from: { x: number; y: number }
  far: number
  /** Null until the finger has gone aside. */
  shown: { kind: SwipeKind; under: HTMLElement } | null
}

/**
 * Has rows that a finger draws aside begin an answer; nothing is decided by it. The row follows the finger and says
 * what letting go does; short of that it goes back. Up and down scrolls: the browser then takes the finger away.
 * @param rowOf the row of what is touched, with its id; null where nothing of it can be begun
 * @returns ends the watching
 */
export function watchSwipes(
  list: HTMLElement,
  rowOf: (touched: Element) => { id: string; row: HTMLElement } | null,
  begin: (id: string, kind: SwipeKind) => void,
): () => void {
  let swipe: Swipe | null = null

  function end(): void {
    const { row, shown } = swipe ?? {}
    swipe = null
    if (!row || !shown) return
    shown.under.remove()
    row.style.transform = ''
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches)
      row.animate([{ transform: `translateX(${row.dataset.swiped}px)` }, { transform: 'none' }], {
        duration: 140,
        easing: 'ease-out',
      })
    delete row.dataset.swiped
  }

  function down({ target, pointerType, isPrimary, pointerId, clientX, clientY }: PointerEvent): void {
    // a second finger is another gesture
    if (!isPrimary) return end()
    const found = pointerType === 'touch' && target instanceof Element ? rowOf(target) : null
    if (!found) return
    const far = Math.min(farPx, found.row.offsetWidth * farShare)
    swipe = { ...found, pointer: pointerId, from: { x: clientX, y: clientY }, far, shown: null }
  }

  function move({ pointerId, clientX, clientY }: PointerEvent): void {
    if (swipe?.pointer !== pointerId) return
    const { row, from, far, shown } = swipe
    const [aside, along] = [clientX - from.x, Math.abs(clientY - from.y)]
    if (!shown && Math.abs(aside) < slackPx && along < slackPx) return
    if (!shown && along >= Math.abs(aside)) {
      swipe = null
      return
    }
    const kind = aside > 0 ? 'approve' : 'reject'
    const under = shown?.kind === kind ? shown.under : underlay(kind)
    if (under !== shown?.under) {
      shown?.under.remove()
      row.append(under)
    }
    swipe.shown = { kind, under }
    const isFar = Math.abs(aside) >= far
    under.textContent = isFar ? say.letGoTo[kind] : kind === 'approve' ? say.approve : say.reject
    under.style.opacity = isFar ? '1' : '0.75'
    row.style.transform = `translateX(${aside}px)`
    row.dataset.swiped = String(aside)
  }

  function up({ pointerId, clientX }: PointerEvent): void {
    if (swipe?.pointer !== pointerId) return
    const { id, from, far, shown } = swipe
    const isFar = shown !== null && Math.abs(clientX - from.x) >= far
    end()
    if (isFar) begin(id, shown.kind)
  }

  list.addEventListener('pointerdown', down)
  list.addEventListener('pointermove', move)
  list.addEventListener('pointerup', up)
  list.addEventListener('pointercancel', end)
  return () => {
    end()
    list.removeEventListener('pointerdown', down)
    list.removeEventListener('pointermove', move)
    list.removeEventListener('pointerup', up)
    list.removeEventListener('pointercancel', end)
  }
}

/** What comes to light beside the row, for the eyes alone: whoever hears the page has the buttons. */
function underlay(kind: SwipeKind): HTMLElement {
  const under = document.createElement('span')
  under.setAttribute('aria-hidden', 'true')
  const look =
    kind === 'approve' ? 'right-full justify-end bg-ok-solid' : 'left-full justify-start bg-danger-solid'
  under.className = `absolute inset-y-0 flex w-screen items-center px-4 text-sm font-medium whitespace-nowrap text-on-solid ${look}`
  return under
}
