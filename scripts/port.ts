import { UsageError } from './errors.ts';

/** Throws `UsageError` unless the text is a port number that a program can listen on. */
export function parsePort(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`A port is a number from 1 to 65535, not ${text}.`);
}
