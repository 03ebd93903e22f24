'use client'

import { diffWordsWithSpace } from 'diff'
import { useMemo, type ReactNode } from 'react'
import { writeJson } from '@/lib/json/write'
import type { Change } from '@/lib/policy/edits/changes'
import { showText } from '@/lib/untrusted/show'
import * as say from '@/words/approvals/edit/change-list'
import { Name } from '../../ui/json-tree'
import { Parts, Warnings } from '../../ui/untrusted-text'

const mostShown = 100

/** What differs between two calls, place by place: the old struck, the new underlined, with what hides in them. */
export function ChangeList({ changes, label }: { changes: Change[]; label: string }) {
  return (
    <>
      <ul
        aria-label={label}
        className="divide-y divide-line overflow-hidden rounded-md border border-line bg-surface text-sm"
      >
        {changes.slice(0, mostShown).map((change) => (
          <li
            key={change.pointer}
            className="grid gap-x-6 gap-y-0.5 px-3 py-2 sm:grid-cols-[minmax(6rem,12rem)_1fr]"
          >
            <p className="code text-muted">
              <Name text={placeWords(change.pointer)} />
            </p>
            <Difference change={change} />
          </li>
        ))}
      </ul>
      {changes.length > mostShown && (
        <p className="mt-1 text-xs text-muted">{say.andMore(changes.length - mostShown)}</p>
      )}
    </>
  )
}

/** A pointer for people: `items › 0 › qty`. */
function placeWords(pointer: string): string {
  const parts = pointer.split('/').slice(1)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).join(' › ') || say.allOfIt
}

type Piece = { text: string; isChanged: boolean }

function Difference({ change }: { change: Change }) {
  const { before, after } = useMemo(() => piecesOf(change), [change])
  return (
    <div className="min-w-0 space-y-0.5">
      <Side word={say.was}>
        {before ? <Old pieces={before} isText={isText(change.from)} /> : <Nothing />}
      </Side>
      <Side word={say.now}>{after ? <New pieces={after} isText={isText(change.to)} /> : <Nothing />}</Side>
    </div>
  )
}

function Side({ word, children }: { word: string; children: ReactNode }) {
  return (
    <p className="flex gap-2">
      <span className="w-7 shrink-0 text-xs leading-5 text-faint">{word}</span>
      <span className="code min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap">{children}</span>
    </p>
  )
}

function Nothing() {
  return <span className="font-sans text-faint">{say.notThere}</span>
}

type SideProps = { pieces: Piece[]; isText: boolean }

function Old({ pieces, isText }: SideProps) {
  return (
    <Quoted isText={isText}>
      <del className="text-danger line-through decoration-2">
        <Pieces pieces={pieces} look="rounded-xs bg-danger-soft" />
      </del>
      <Warnings shown={showText(textOf(pieces))} />
    </Quoted>
  )
}

function New({ pieces, isText }: SideProps) {
  return (
    <Quoted isText={isText}>
      <ins className="text-ok no-underline">
        <Pieces
          pieces={pieces}
          look="rounded-xs bg-ok-soft font-semibold underline decoration-2 underline-offset-2"
        />
      </ins>
      <Warnings shown={showText(textOf(pieces))} />
    </Quoted>
  )
}

/** A text stands in quotation marks, so that it is told from a number. */
function Quoted({ isText, children }: { isText: boolean; children: ReactNode }) {
  const mark = isText && <span className="text-faint select-none">&quot;</span>
  return (
    <>
      {mark}
      {children}
      {mark}
    </>
  )
}

function Pieces({ pieces, look }: { pieces: Piece[]; look: string }) {
  return pieces.map(({ text, isChanged }, at) => (
    <bdi key={at} className={isChanged ? look : ''}>
      <Parts parts={showText(text, { maxCharacters: 4000 }).parts} />
    </bdi>
  ))
}

const textOf = (pieces: Piece[]) => pieces.map(({ text }) => text).join('')
const isText = (value: unknown) => typeof value === 'string'

/** Of two texts which words differ; of anything else all of it. */
function piecesOf(change: Change): { before: Piece[] | null; after: Piece[] | null } {
  const { from, to } = change
  const words =
    isText(from) && isText(to)
      ? diffWordsWithSpace(from as string, to as string, { maxEditLength: 400 })
      : undefined
  if (words) {
    return {
      before: words
        .filter(({ added }) => !added)
        .map(({ value, removed }) => ({ text: value, isChanged: removed })),
      after: words
        .filter(({ removed }) => !removed)
        .map(({ value, added }) => ({ text: value, isChanged: added })),
    }
  }
  const whole = (value: unknown): Piece[] => [
    { text: isText(value) ? (value as string) : writeJson(value), isChanged: true },
  ]
  return { before: 'from' in change ? whole(from) : null, after: 'to' in change ? whole(to) : null }
}
