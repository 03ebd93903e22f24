export const roleHere = (role: string) => `Role in this project: ${role}`
export const afterADecision = 'After a decision'
export const away = 'Away…'
export const documentation = 'Documentation'
