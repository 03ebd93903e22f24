import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Article } from '@/components/docs/article'
import { DocsFrame } from '@/components/docs/docs-frame'
import { RefusingCalls } from '@/components/docs/refusing-calls'
import { isErrorCode, readErrorPage } from '@/lib/docs/errors'
import { api } from '@/lib/http/api'
import { refusalsOf } from '@/lib/http/openapi'
import { pages } from '@/lib/paths'

type Props = { params: Promise<{ code: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { code } = await params
  if (!isErrorCode(code)) notFound()
  return { title: code, description: readErrorPage(code).meaning }
}

export default async function ErrorCodePage({ params }: Props) {
  const { code } = await params
  if (!isErrorCode(code)) notFound()
  const { status, html } = readErrorPage(code)
  const calls = Object.entries(api).flatMap(([call, { def }]) =>
    refusalsOf(call.split(' ')[0] ?? '', def).includes(code) ? [call.replace(' ', ' /api')] : [],
  )
  return (
    <DocsFrame
      here={pages.errorCode(code)}
      title={
        <>
          <code className="font-mono text-[0.9em]">{code}</code>{' '}
          <span className="font-normal text-muted">{status}</span>
        </>
      }
    >
      <Article html={html} />
      <RefusingCalls calls={calls} />
    </DocsFrame>
  )
}
