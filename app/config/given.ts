/** A value that the table promises to be there: it has a default, or its absence was reported as a problem before. */
export function given<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a variable without a value was not reported');
  return value;
}
