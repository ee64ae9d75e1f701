const MAX_WAIT_MS = 60 * 60 * 1000;

/**
 * Returns a `Retry-After` header (RFC 9110, section 10.2.3: seconds, or a date) in milliseconds from `now`, at most an
 * hour; undefined when the header is missing or malformed.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const value = header.trim();
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_WAIT_MS);
}
