/** Returns every text in a value of any depth, but the names of properties; numbers as their digits. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  if (value instanceof Map || value instanceof Set || Array.isArray(value))
    return [...value].flatMap(textsIn);
  return Object.values(value).flatMap(textsIn);
}
