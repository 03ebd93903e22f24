export const roles = { viewer: 'viewer', reviewer: 'reviewer', admin: 'admin', owner: 'owner' }
