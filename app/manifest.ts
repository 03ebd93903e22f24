import type { MetadataRoute } from 'next'
import * as say from '@/words/pages/start'

/** For who keeps Holdpoint on a phone's home screen, without which an iPhone takes no pushes. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: '/',
    name: 'Holdpoint',
    description: say.whatHoldpointDoes,
    start_url: '/',
    display: 'standalone',
    background_color: '#f7f7f8',
    theme_color: '#24262c',
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/apple-icon.png', sizes: '180x180', type: 'image/png', purpose: 'maskable' },
    ],
  }
}
