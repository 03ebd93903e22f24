import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { Body } from '@/components/early/body'
import { recorder } from '@/components/early/recorder'
import { ClockProvider } from '@/components/ui/clock'
import { readDisplay } from '@/components/ui/display'
import { DisplayProvider } from '@/components/ui/display-context'
import { InlineScript } from '@/components/ui/inline-script'
import { ToastProvider } from '@/components/ui/toast'
import { language } from '@/words/language'
import * as say from '@/words/pages/start'
import { faces } from './fonts'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Holdpoint', template: '%s · Holdpoint' },
  description: say.whatHoldpointDoes,
  robots: { index: false, follow: false },
  formatDetection: { telephone: false, address: false, email: false, date: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f7f8' },
    { media: '(prefers-color-scheme: dark)', color: '#0e0f11' },
  ],
}

const renderedAt = () => Date.now()

/** Reads the cookies of how pages look, which also makes every page dynamic: each needs its own nonce. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies()
  const display = readDisplay((name) => jar.get(name)?.value)
  const { theme, density } = display
  return (
    <html
      lang={language}
      className={faces}
      data-theme={theme === 'system' ? undefined : theme}
      data-density={density === 'comfortable' ? undefined : density}
      suppressHydrationWarning
    >
      <Body>
        <InlineScript text={recorder} />
        <DisplayProvider initial={display}>
          <ClockProvider serverNow={renderedAt()}>
            <ToastProvider>{children}</ToastProvider>
          </ClockProvider>
        </DisplayProvider>
      </Body>
    </html>
  )
}
