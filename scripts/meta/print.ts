/** Returns lines with a name and a value each; a value that is missing has no line. */
export function asRows(rows: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, value]) => (value ? [`${name.padEnd(width)}${value}`] : []));
}
