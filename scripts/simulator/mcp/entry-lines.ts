import type { ReadEntry } from './answers.ts';

/** Returns a line for each entry, with its time after the first one. */
export function entryLines(entries: readonly ReadEntry[]): readonly string[] {
  const from = entries[0]?.at ?? 0;
  return entries.map((entry) => `+${entry.at - from} ms  ${words(entry)}`);
}

function words(entry: ReadEntry): string {
  if (entry.type === 'note') return `note: ${entry.text}`;
  if (entry.type === 'step') {
    const { name, turn, attempt, part, parts, outcome, code, ms } = entry;
    const position = part === undefined ? undefined : `${part + 1}${parts === undefined ? '' : `/${parts}`}`;
    const fields = { part: position, parts: part === undefined ? parts : undefined, outcome, code };
    return `step ${name}${named({ ...fields, took: milliseconds(ms), attempt, turn })}`;
  }
  const { id, kind, method, url, status, failure, ms, attempt, fault, resent } = entry;
  const fields = { took: milliseconds(ms), attempt, fault, resent, exchange: id };
  return `${kind} ${method} ${url} -> ${failure ?? status ?? 'no response'}${named(fields)}`;
}

function milliseconds(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : `${ms}ms`;
}

function named(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${value}`)
    .join('');
}
