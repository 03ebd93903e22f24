export const placeOf = (place: number, all: string) => `${place} of ${all}`
