export const beingSealed = 'being sealed'
export const detailsOf = (action: string, target: string) => `Details of ${action}, ${target}`
export const hideTheDetails = 'Hide the details'
export const showTheDetails = 'Show the details'
export const erasedMark = 'Erased'
export const newAgentByAKey = 'New agent by a key'
export const loosensThePolicy = 'Loosens the policy'
export const possibleBypass = 'Possible bypass'
export const erased = 'erased'
export const entryNumber = 'number'
export const onItsOwn = 'on its own'
export const viaAlone = (way: string) => `via ${way}`
export const byAgentKey = (way: string) => `agent key, via ${way}`
export const byMember = (way: string) => `member, via ${way}`
