import { z } from 'zod'

/**
 * A body without those optional fields that are null: many clients send every field they know. Where null has a
 * meaning of its own (`retention_days: null` keeps for ever; any JSON, such as `output`) the schema takes it, and it
 * stays; a required field that is null stays for the schema to name. Looks into fields and lists that the schema
 * describes, so never into `params`, `context` or what is recorded.
 */
export function withoutAbsent(schema: z.ZodType, value: unknown): unknown {
  const inner = unwrapped(schema)
  if (Array.isArray(value)) {
    return inner instanceof z.ZodArray
      ? value.map((item) => withoutAbsent(inner.element as z.ZodType, item))
      : value
  }
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const fields = inner.shape as Record<string, z.ZodType>
  const present: Record<string, unknown> = { ...value }
  for (const [key, one] of Object.entries(value)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (field === undefined) continue
    if (one === null && mayBeAbsent(field)) delete present[key]
    else if (typeof one === 'object') present[key] = withoutAbsent(field, one)
  }
  return present
}

function mayBeAbsent(field: z.ZodType): boolean {
  return field.safeParse(undefined).success && !field.safeParse(null).success
}

function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
  return isWrapped ? unwrapped(schema.unwrap() as z.ZodType) : schema
}
