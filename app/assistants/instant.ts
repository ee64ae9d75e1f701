const ISO_8601 = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Returns an ISO 8601 date and time as milliseconds since 1970; undefined when the text is none. Without a zone it is taken
 * as UTC: ansari-backend writes naive Python `datetime` values.
 */
export function parseInstant(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (match === null) return undefined;
  const [, date, time, zone = 'Z'] = match;
  const instant = Date.parse(`${date}T${time?.replace(',', '.')}${fullZone(zone)}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** `Date.parse` requires `+05:30`, not `+0530` or `+05`. */
function fullZone(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
