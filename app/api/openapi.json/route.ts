import { settings } from '@/lib/env'
import { openApiDocument } from '@/lib/http/openapi/document'
import { openRoute, resource } from '@/lib/http/route'

const read = openRoute(async () => openApiDocument(settings().appUrl))

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read })
