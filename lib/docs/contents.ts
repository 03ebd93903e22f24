import { pages } from '@/lib/paths'

/** A page of the documentation: its address, its name in the navigation, and the Markdown file that it shows. */
export type DocPage = { path: string; name: string; file: string }

export type DocSection = { title: string; pages: readonly DocPage[] }

const guide = (slug: string, name: string): DocPage => ({
  path: pages.docs(slug),
  name,
  file: `docs/guides/${slug}.md`,
})

/** Every page in the order of reading: the navigation, the links to the next page and `/llms.txt` follow it. */
export const sections: readonly DocSection[] = [
  {
    title: 'Start',
    pages: [
      { path: pages.docs(), name: 'Overview', file: 'docs/README.md' },
      guide('quickstart', 'Quickstart'),
      { path: pages.docs('client'), name: 'TypeScript', file: 'lib/client/README.md' },
      { path: pages.docs('python'), name: 'Python', file: 'lib/client/python/README.md' },
      { path: pages.docs('command'), name: 'The command', file: 'lib/command/README.md' },
      guide('ai-sdk', 'AI SDK'),
      guide('openai-agents', 'OpenAI Agents SDK'),
      guide('langchain', 'LangChain'),
      guide('mastra', 'Mastra'),
      guide('claude-agent-sdk', 'Claude Agent SDK'),
    ],
  },
  {
    title: 'Coding agents',
    pages: [
      guide('claude-code', 'Claude Code'),
      guide('codex', 'Codex'),
      guide('cursor', 'Cursor'),
      guide('copilot', 'GitHub Copilot'),
      guide('mcp', 'MCP'),
    ],
  },
  {
    title: 'How it works',
    pages: [
      guide('waiting-and-claiming', 'Waiting and claiming'),
      guide('failures', 'When something fails'),
      guide('policy', 'Policy language'),
      guide('who-decides', 'Who decides'),
      guide('edit-then-approve', 'Edit, then approve'),
      guide('pausing', 'Pause and break-glass'),
      guide('keys-and-roles', 'Keys and roles'),
      guide('webhooks', 'Webhooks'),
    ],
  },
  {
    title: 'Moving here',
    pages: [
      guide('from-agent-builder', 'From OpenAI Agent Builder'),
      guide('from-humanlayer', 'From HumanLayer'),
      guide('from-langgraph', 'From LangGraph’s interrupt'),
    ],
  },
  {
    title: 'Reference',
    pages: [
      { path: pages.docs('reference'), name: 'API', file: 'docs/reference.md' },
      { path: pages.docs('errors'), name: 'Errors', file: 'docs/errors.md' },
      { path: pages.security(), name: 'Security', file: 'docs/security.md' },
    ],
  },
  {
    title: 'Running it',
    pages: [
      { path: pages.docs('operations'), name: 'Operating', file: 'docs/operations.md' },
      { path: pages.docs('architecture'), name: 'Architecture', file: 'docs/architecture.md' },
    ],
  },
]

/** All pages in one list, in the order of reading. */
export const allPages: readonly DocPage[] = sections.flatMap((section) => section.pages)

/** The page at an address of this server, without query and fragment. */
export function pageAt(path: string): DocPage | undefined {
  return allPages.find((page) => page.path === path)
}

/** The addresses before and after a page, where there are any. */
export function neighbours(path: string): { previous: DocPage | undefined; next: DocPage | undefined } {
  const at = allPages.findIndex((page) => page.path === path)
  return { previous: allPages[at - 1], next: at < 0 ? undefined : allPages[at + 1] }
}
