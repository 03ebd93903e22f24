'use client'

import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { Icon } from './icon'

export type Toast = { text: string; tone?: 'ok' | 'danger' | 'neutral' }
type Shown = Toast & { key: number }

const ToastContext = createContext<(toast: Toast) => void>(() => undefined)

/** Says a result: shown for a while in a corner, read out politely, never taking focus. */
export function useToast(): (toast: Toast) => void {
  return use(ToastContext)
}

const shownMs = 6000
const look = { ok: 'text-ok', danger: 'text-danger', neutral: 'text-muted' } as const
const sign = { ok: 'check', danger: 'warning', neutral: 'message' } as const

/** Holds the one polite live region of the page. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([])
  const count = useRef(0)
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>())

  useEffect(() => {
    const running = timers.current
    return () => running.forEach((timer) => clearTimeout(timer))
  }, [])

  const toast = useCallback((next: Toast) => {
    const key = ++count.current
    setToasts((now) => [...now.slice(-3), { ...next, key }])
    const timer = setTimeout(() => {
      timers.current.delete(timer)
      setToasts((now) => now.filter((shown) => shown.key !== key))
    }, shownMs)
    timers.current.add(timer)
  }, [])

  const content = useMemo(
    () =>
      toasts.map(({ key, text, tone = 'neutral' }) => (
        <p
          key={key}
          className="animate-fade flex max-w-sm items-start gap-2 rounded-md border border-line bg-raised px-3 py-2 text-sm shadow-over"
        >
          <Icon name={sign[tone]} className={`mt-0.5 ${look[tone]}`} />
          <span className="min-w-0 wrap-anywhere">{text}</span>
        </p>
      )),
    [toasts],
  )

  return (
    <ToastContext value={toast}>
      {children}
      <output
        aria-live="polite"
        className="pointer-events-none fixed inset-x-4 bottom-20 z-60 flex flex-col items-center gap-2 md:bottom-5"
      >
        {content}
      </output>
    </ToastContext>
  )
}
