/** How subcommands print what they found. */
import type { Print } from '../command.ts';

/** Prints the object with --json, else the lines. */
export function report(
  { json }: { readonly json?: boolean },
  print: Print,
  object: object,
  lines: readonly string[],
): void {
  if (json) print(JSON.stringify(object, undefined, 2));
  else for (const line of lines) print(line);
}

/** Returns lines with a name and a value each; a value that is missing has no line. */
export function asRows(rows: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.flatMap(([name, value]) => (value ? [`${name.padEnd(width)}${value}`] : []));
}

/** Returns the rows as lines with aligned columns; numbers to the right. */
export function asTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        /^\d/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
