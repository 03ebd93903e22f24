export const serverDidNotAnswer = 'The server did not answer. Try again.'
export const tryACall = 'Try a call'
export const tool = 'Tool'
export const params = 'Params'
export const paramsHint = 'A JSON object, such as {"amount": 2400}.'
export const context = 'Context'
export const contextHint = 'A JSON object. The server sets run_id, agent_name and timestamp.'
export const judgedBy = 'Judged by'
export const theTextBeingEdited = 'The text being edited'
export const trying = 'Trying…'
export const tryTheCall = 'Try the call'
export const versionInForce = (version: number) => `version ${version}, in force`
export const versionNotInForce = (version: number) => `version ${version}, not in force`
export const nothingWasTried = 'Nothing was tried: see the field above.'
export const judgedByVersion = (version: string) => `Judged by ${version}`
