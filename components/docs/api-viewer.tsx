'use client'

import { useEffect, useRef, useState } from 'react'
import type { Plugin } from 'swagger-ui-dist/swagger-ui-es-bundle'
import * as say from '@/words/docs/api-viewer'
import { watchDarkness } from '../ui/display'
import { nameControls } from './name-controls'

/** Who is signed in here is not who calls: a tried call carries the key that was given to it, and nothing else. */
function withoutCookies<T extends object>(request: T): T {
  return Object.assign(request, { credentials: 'omit' })
}

/** Swagger UI puts a link into the button that opens a call, which no screen reader can tell apart; a text does. */
const textInButton: Plugin = ({ React }) => ({
  wrapComponents: {
    DeepLink: () => (props: { text: unknown }) => React.createElement('span', null, props.text),
  },
})

/** Swagger UI over the API's own document; its code is loaded here and nowhere else. */
export function ApiViewer({ url }: { url: string }) {
  const place = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<'loading' | 'shown' | 'failed'>('loading')

  useEffect(() => {
    let isGone = false
    const show = async () => {
      const { default: SwaggerUI } = await import('swagger-ui-dist/swagger-ui-es-bundle')
      if (isGone) return
      SwaggerUI({
        domNode: place.current,
        url,
        validatorUrl: null,
        deepLinking: true,
        filter: true,
        docExpansion: 'list',
        defaultModelsExpandDepth: 0,
        defaultModelRendering: 'model',
        plugins: [textInButton],
        requestInterceptor: withoutCookies,
        onComplete: () => setState('shown'),
      })
    }
    show().catch(() => setState('failed'))
    // Swagger UI knows dark by a class of its own on the whole document.
    const unwatch = watchDarkness((isDark) => document.documentElement.classList.toggle('dark-mode', isDark))
    const endNaming = place.current ? nameControls(place.current) : undefined
    return () => {
      isGone = true
      unwatch()
      endNaming?.()
    }
  }, [url])

  return (
    <>
      {state !== 'shown' && (
        <p aria-live="polite" className="text-sm text-muted">
          {state === 'loading' ? say.loadingTheReference : say.referenceNotLoaded}
        </p>
      )}
      <div ref={place} className="api-viewer" />
    </>
  )
}
