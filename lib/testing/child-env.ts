/** What a program with an environment of its own needs of ours. */
export function childEnv(): { PATH: string; NODE_OPTIONS: string } {
  const { PATH = '', NODE_OPTIONS = '' } = process.env
  return { PATH, NODE_OPTIONS }
}
