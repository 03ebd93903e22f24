export const tryingAgain = 'The server cannot be reached; trying again. This page and what you typed stay.'
