import { z } from 'zod'
import { NameText } from '@/lib/members/schemas'

export const DeviceLoginInput = z
  .strictObject({
    client_name: NameText.meta({
      description: 'What asks, and where, such as `holdpoint on ann-laptop`; the person is shown it.',
    }),
  })
  .meta({ id: 'DeviceLoginInput' })

export const DeviceLogin = z
  .object({
    device_code: z.string().meta({ description: 'By which whoever asked takes the token; a secret.' }),
    user_code: z.string().meta({ description: 'Which the person compares with what the page shows.' }),
    verification_uri: z.string(),
    verification_uri_complete: z.string().meta({ description: 'The same page, with the code.' }),
    expires_in: z.int().meta({ description: 'Seconds.' }),
    interval: z.int().meta({ description: 'Seconds between two times of asking.' }),
  })
  .meta({ id: 'DeviceLogin' })
export type DeviceLogin = z.infer<typeof DeviceLogin>

export const DeviceTokenInput = z
  .strictObject({ device_code: z.string().min(1).max(200) })
  .meta({ id: 'DeviceTokenInput' })

export const DeviceToken = z
  .object({
    access_token: z.string().meta({ description: 'A personal token; shown this once.' }),
    token_type: z.literal('Bearer'),
  })
  .meta({ id: 'DeviceToken' })
export type DeviceToken = z.infer<typeof DeviceToken>
