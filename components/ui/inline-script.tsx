import { headers } from 'next/headers'

/** A few lines of script of ours that stand in the page itself, with the nonce that its policy demands. */
export async function InlineScript({ text }: { text: string }) {
  const policy = (await headers()).get('Content-Security-Policy') ?? ''
  return (
    <script
      nonce={/'nonce-([^']+)'/.exec(policy)?.[1]}
      suppressHydrationWarning
      dangerouslySetInnerHTML={{ __html: text }}
    />
  )
}
