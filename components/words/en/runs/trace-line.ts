export const model = 'Model'
export const tool = 'Tool'
export const message = 'Message'
export const note = 'Note'
export const held = 'held'
export const running = 'running'
export const heldFor = (span: string) => `held ${span}`
export const waitedFor = (span: string) => `waited ${span}`
