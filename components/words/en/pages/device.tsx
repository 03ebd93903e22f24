import type { ReactNode } from 'react'

export const logACommandIn = 'Log a command in'
export const loggedIn = 'Logged in'
export const denied = 'Denied'
export const goBackToTheTerminal =
  'Go back to the terminal: it goes on within seconds. The token is among yours under Settings, Keys, where you can revoke it.'
export const wasDenied = 'The command is told so. Nothing was made.'
export const letACommandAct = 'Let a command act as you?'
export const whatItGets = (email: ReactNode) => (
  <>It gets a personal token of {email}: it may do all that you may, decisions included.</>
)
export const code = 'Code'
export const callsItself = 'It calls itself'
export const asksFrom = 'It asks from'
export const asked = 'It asked'
export const openUntil = 'Open until'
export const onlyIfStartedByYou =
  'Go on only if you have just started it yourself, and your terminal shows this code. Whoever sent you here otherwise wants to decide in your name.'
export const inNoProject =
  'You are in no project, so there is nothing that it could do. Ask an owner to invite you.'
export const codeIsNotOpen =
  'This code is not open. It was mistyped, was used, or its 10 minutes have passed.'
export const showsACode = (command: ReactNode) => <>{command} shows a code of eight letters.</>
export const goOn = 'Go on'
