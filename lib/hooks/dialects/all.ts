import { claudeCode } from './claude-code'
import { codex } from './codex'
import { copilot } from './copilot'
import { cursor } from './cursor'
import type { Dialect, DialectName } from './dialect'

/** Every coding agent whose hooks we are. */
export const dialects: Record<DialectName, Dialect> = {
  'claude-code': claudeCode,
  codex,
  cursor,
  copilot,
}
