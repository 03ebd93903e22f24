'use client'

import { autocompletion, type CompletionContext } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { Compartment, EditorState, type Text } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import { offersAt } from './complete-file'
import type { Place } from './place'

/** Leads to a place of the text that is being written. */
export type Editor = { select(place: Place): void }
/** What is said of a place of the text. */
export type Remark = Place & { detail: string; isWarning: boolean }

export type PolicyEditorProps = {
  id: string
  /** Ids of what names and what describes it. */
  labelId: string
  describedBy: string
  isInvalid: boolean
  value: string
  onChange: (value: string) => void
  remarks: Remark[]
  /** Somebody asked to write, so the cursor is in it from the first. */
  isBegun: boolean
  /** Names of tools to offer. */
  tools: readonly string[]
  handle: Ref<Editor>
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: 'text-accent' },
  { tag: [tags.comment], class: 'text-faint italic' },
  { tag: [tags.string, tags.special(tags.string)], class: 'text-ok' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], class: 'text-muted' },
])

const look = EditorView.theme({
  '&': { fontSize: 'var(--text-sm)', backgroundColor: 'var(--color-surface)', color: 'var(--color-ink)' },
  '&.cm-focused': { outline: '2px solid var(--color-accent)', outlineOffset: '-2px' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    lineHeight: '1.5rem',
    overflow: 'auto',
  },
  '.cm-content': { padding: '0.5rem 0', caretColor: 'var(--color-ink)' },
  '.cm-content, .cm-gutter': { minHeight: '28rem' },
  '.cm-gutters': {
    backgroundColor: 'var(--color-sunken)',
    color: 'var(--color-faint)',
    borderRight: '1px solid var(--color-line)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--color-ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-content ::selection': {
    backgroundColor: 'var(--color-accent-soft)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--color-raised)',
    color: 'var(--color-ink)',
    border: '1px solid var(--color-line-strong)',
    borderRadius: 'var(--radius-sm)',
    fontFamily: 'var(--font-sans)',
    fontSize: 'var(--text-xs)',
    maxWidth: '32rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.2rem 0.6rem' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--color-accent-solid)',
    color: 'var(--color-on-solid)',
  },
  '.cm-completionDetail': { color: 'inherit', fontStyle: 'normal', marginLeft: '1rem' },
})

/**
 * The text of an agent's file, with its lines counted, mistakes underlined where they are and what may come next
 * offered. Tab leaves it, as it leaves any field.
 */
export function PolicyEditor(props: PolicyEditorProps) {
  const { value, onChange, remarks, handle } = props
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const attributes = useRef(new Compartment())
  /** What the text was here, from what is known outside on. */
  const own = useRef([value])
  const latest = useRef({
    onChange,
    tools: props.tools,
    value,
    names: namesOf(props),
    isBegun: props.isBegun,
  })

  useEffect(() => {
    latest.current = { ...latest.current, onChange, tools: props.tools }
  })

  useEffect(() => {
    if (!frame.current) return undefined
    const { value: doc, names, isBegun } = latest.current
    const made = new EditorView({
      parent: frame.current,
      state: EditorState.create({
        doc,
        extensions: [
          lineNumbers(),
          history(),
          yaml(),
          syntaxHighlighting(colours),
          lintGutter(),
          autocompletion({ override: [(context) => complete(context, latest.current.tools)], icons: false }),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorState.tabSize.of(2),
          look,
          EditorView.cspNonce.of(nonceOfPage()),
          attributes.current.of(EditorView.contentAttributes.of(names)),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return
            const text = update.state.doc.toString()
            own.current.push(text)
            latest.current.onChange(text)
          }),
        ],
      }),
    })
    view.current = made
    if (isBegun) made.contentDOM.focus({ preventScroll: true })
    return () => made.destroy()
  }, [])

  // What is set from outside, such as a draft that came back; not what comes back of what was written here, which may
  // be behind what is written meanwhile.
  useEffect(() => {
    const { current } = view
    const at = own.current.indexOf(value)
    if (at >= 0) own.current.splice(0, at)
    else current?.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } })
  }, [value])

  const told = JSON.stringify(remarks)
  useEffect(() => {
    const { current } = view
    if (!current) return
    const found = (JSON.parse(told) as Remark[]).map(toDiagnostic(current.state.doc))
    current.dispatch(setDiagnostics(current.state, found))
  }, [told])

  const names = namesOf(props)
  const said = JSON.stringify(names)
  useEffect(() => {
    view.current?.dispatch({
      effects: attributes.current.reconfigure(
        EditorView.contentAttributes.of(JSON.parse(said) as Record<string, string>),
      ),
    })
  }, [said])

  useImperativeHandle(handle, () => ({
    select: (place) => {
      const { current } = view
      if (!current) return
      const { from, to } = rangeOf(current.state.doc, place)
      current.dispatch({
        selection: { anchor: from, head: to },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      })
      current.focus()
    },
  }))

  return <div ref={frame} />
}

function namesOf({ id, labelId, describedBy, isInvalid }: PolicyEditorProps): Record<string, string> {
  return {
    id,
    'aria-labelledby': labelId,
    'aria-describedby': describedBy,
    'aria-invalid': String(isInvalid),
    autocapitalize: 'off',
    autocorrect: 'off',
    spellcheck: 'false',
  }
}

/** By which the page's policy of contents lets styles in that are made in the browser. */
const nonceOfPage = () =>
  [...document.scripts].map(({ nonce }) => nonce ?? '').find((nonce) => nonce !== '') ?? ''

/** From a place to the end of its line; of a place that is not there, the last line. */
function rangeOf(doc: Text, { line, column }: Place): { from: number; to: number } {
  const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines))
  const before = [...text].slice(0, column - 1).join('').length
  return { from: Math.min(from + before, to), to }
}

const toDiagnostic =
  (doc: Text) =>
  ({ detail, isWarning, ...place }: Remark): Diagnostic => ({
    ...rangeOf(doc, place),
    severity: isWarning ? 'warning' : 'error',
    message: detail,
  })

function complete({ state, pos, explicit }: CompletionContext, tools: readonly string[]) {
  const offer = offersAt(state.sliceDoc(0, pos), tools)
  // an empty place is only offered something where that is asked for, or where a tool is to come
  if (!offer || (!explicit && offer.from === pos && !/- $/.test(state.sliceDoc(Math.max(0, pos - 2), pos))))
    return null
  return { ...offer, validFor: /^[\w.*-]*$/ }
}
