export const edit = 'Edit…'
export const youMayRead = 'You can read this request. Deciding needs the role reviewer.'
