export const keys = 'Keys'
export const whatKeysAre =
  'An agent key asks and runs but never decides. A personal token acts as you, decisions included.'
export const agentKeys = 'Agent keys'
export const yourPersonalTokens = 'Your personal tokens'
export const olderKeys = 'Older keys'
