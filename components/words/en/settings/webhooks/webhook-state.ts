export const failing = 'Failing'
export const on = 'On'
export const off = 'Off'
export const disabled = 'Disabled'
