import { createHash } from 'node:crypto'
import { isObject, type JsonObject } from '@/lib/client/json'
import { canonicalJson } from '@/lib/json/canonical'
import { readJson } from '@/lib/json/read'
import { writeJson } from '@/lib/json/write'
import { schemaIssues } from '@/lib/policy/edits/taken-schema'

/** What an MCP server says of itself and its tools, as it passes by. */
export class UpstreamFacts {
  private info: { name?: unknown; version?: unknown } = {}
  private readonly tools = new Map<string, { digest: string; inputSchema: unknown }>()

  /**
   * @param given the name by which policies know the server; without, it is what the server calls itself
   * @param ask has the server say what it is, where that has not passed by yet
   */
  constructor(
    private readonly given: string | undefined,
    private readonly ask: () => Promise<unknown> = () => Promise.resolve(undefined),
  ) {}

  /** The name by which policies know the server: letters, digits, `_`, `-` and `.`. */
  async name(): Promise<string> {
    if (this.given !== undefined) return this.given
    if (typeof this.info.name !== 'string') this.heardInfo(await this.ask())
    const { name } = this.info
    if (typeof name !== 'string' || name === '') {
      throw new Error('The server did not say its name; give it one with --name.')
    }
    return safeName(name)
  }

  heardInfo(info: unknown): void {
    if (isObject(info) && typeof info.name === 'string') this.info = info
  }

  /** Takes in a result as it passes by. @param method of the request that it answers */
  heard(method: string | undefined, text: string): void {
    if (method !== 'initialize' && method !== 'server/discover' && method !== 'tools/list') return
    const { result } = readJson(text) as { result?: unknown }
    if (!isObject(result)) return
    if (method !== 'tools/list') {
      const meta = isObject(result._meta) ? result._meta : {}
      this.heardInfo(result.serverInfo ?? meta['io.modelcontextprotocol/serverInfo'])
      return
    }
    for (const tool of Array.isArray(result.tools) ? (result.tools as unknown[]) : []) {
      if (isObject(tool) && typeof tool.name === 'string') {
        this.tools.set(tool.name, { digest: toolDigest(tool), inputSchema: tool.inputSchema })
      }
    }
  }

  /** What a rule sees as `context.mcp`: a member that is not known is not there, so that a rule which needs it asks. */
  contextOf(tool: string): JsonObject {
    const { name, version } = this.info
    const digest = this.tools.get(tool)?.digest
    return {
      ...(typeof name === 'string' && { server: name }),
      ...(typeof version === 'string' && { version }),
      ...(digest !== undefined && { tool_digest: digest }),
    }
  }

  inputSchemaOf(tool: string): unknown {
    return this.tools.get(tool)?.inputSchema
  }

  /** By which a reviewer's edit is checked; undefined where it is not known, or is one that Holdpoint does not take. */
  paramsSchemaOf(tool: string): JsonObject | undefined {
    const schema = this.inputSchemaOf(tool)
    if (!isObject(schema) || schemaIssues(schema).length > 0) return undefined
    return Buffer.byteLength(writeJson(schema)) <= mostSchemaBytes ? schema : undefined
  }
}

/** Holdpoint takes no longer one. */
const mostSchemaBytes = 32_768

/** Of all that is said of a tool, so that another description is another digest. */
function toolDigest(tool: JsonObject): string {
  try {
    return `sha256:${createHash('sha256').update(canonicalJson(tool)).digest('hex')}`
  } catch {
    return 'none'
  }
}

/** A name in the alphabet of tools' names, without what parts a server from its tool. */
export function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 80)
}
