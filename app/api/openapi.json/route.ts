import { settings } from '@/lib/env'
import { openApiDocument } from '@/lib/web/openapi/document'
import { openRoute, resource } from '@/lib/web/route'

const read = openRoute(async () => openApiDocument(settings().appUrl))

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read })
