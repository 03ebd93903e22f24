import { z } from 'zod'
import { queueFields } from '@/lib/approvals/queue-filter'
import { Moment } from '@/lib/json/schemas'
import { NameText } from '@/lib/members/schemas'
import { idText } from '@/lib/query'

const Filter = z
  .strictObject(queueFields)
  .partial()
  .meta({ id: 'ViewFilter', description: 'As the address of the page Approvals has it.' })

const scopes = ['personal', 'project'] as const
const Name = NameText.refine((text) => [...text].length <= 60, 'At most 60 characters.').meta({
  maxLength: 60,
})

export const View = z
  .object({
    id: z.string(),
    name: z.string(),
    scope: z.enum(scopes).meta({ description: 'Of whoever made it alone, or of everybody in the project.' }),
    filter: Filter,
    is_default: z.boolean().meta({ description: 'Whether the queue of whoever asks begins with it.' }),
    created_at: Moment,
  })
  .meta({ id: 'View' })
/** Filters of the queue under a name. */
export type View = z.infer<typeof View>

export const ViewById = z.strictObject({ id: idText('view') })

export const CreateViewInput = z
  .strictObject({
    name: Name,
    filter: Filter,
    scope: z.enum(scopes).default('personal').meta({ description: '`project`: by admins.' }),
    is_default: z.boolean().default(false),
  })
  .meta({ id: 'CreateViewInput' })

export const UpdateViewInput = z
  .strictObject({
    name: Name.optional(),
    filter: Filter.optional(),
    is_default: z
      .boolean()
      .optional()
      .meta({ description: 'For whoever says so alone, also of a project’s.' }),
  })
  .meta({ id: 'UpdateViewInput' })
