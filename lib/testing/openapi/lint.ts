import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a linter says: of which rule, how bad, and where. */
export type Fault = { rule: string; severity: string; at: string }

type Spectral = {
  setRuleset(ruleset: object): void
  run(document: object): Promise<{ code: string; severity: number; path: (string | number)[] }[]>
}

/**
 * Linters of OpenAPI documents by their recommended rules: what `redocly lint` and Spectral's `spectral:oas` say. Whether
 * examples fit their schemas is asked of Redocly alone: Spectral took sixteen times as long for that as for all the rest.
 * @param place whose `node_modules` holds them
 */
export function lintersIn(place: string) {
  const require = createRequire(join(place, 'package.json'))
  return {
    redocly: (document: object) => redocly(require.resolve('@redocly/cli/bin/cli.js'), document),
    spectral: async (document: object): Promise<Fault[]> => {
      const { Spectral } = require('@stoplight/spectral-core') as { Spectral: new () => Spectral }
      const { oas } = require('@stoplight/spectral-rulesets') as { oas: object }
      const spectral = new Spectral()
      spectral.setRuleset({
        extends: [[oas, 'recommended']],
        rules: { 'oas3-valid-media-example': 'off' },
      })
      const faults = await spectral.run(document)
      return faults.map(({ code, severity, path }) => ({
        rule: code,
        severity: ['error', 'warn', 'info', 'hint'][severity] ?? String(severity),
        at: path.join('/'),
      }))
    },
  }
}

type Said = { problems: { ruleId: string; severity: string; location: { pointer?: string }[] }[] }

function redocly(program: string, document: object): Fault[] {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-lint-'))
  try {
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(document))
    const args = [
      program,
      'lint',
      'openapi.json',
      '--extends=recommended',
      '--format=json',
      '--max-problems=1000',
    ]
    const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, ...quiet },
      encoding: 'utf8',
    })
    if (!stdout.startsWith('{')) throw new Error(`redocly lint said: ${stdout}${stderr}`)
    const { problems } = JSON.parse(stdout) as Said
    return problems.map(({ ruleId, severity, location }) => ({
      rule: ruleId,
      severity,
      at: location[0]?.pointer ?? '',
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
