export const isChanged = (name: string) => `${name} is changed.`
export const change = 'Change'
export const changeNamed = (name: string) => `Change ${name}`
export const saveWebhook = 'Save webhook'
