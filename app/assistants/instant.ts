const ISO_8601 = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * An ISO 8601 date and time as milliseconds since 1970; without a zone it is UTC, as Python writes it for a naive
 * `datetime`. Undefined when it is not one.
 */
export function parseInstant(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (match === null) return undefined;
  const [, date, time, zone = 'Z'] = match;
  const instant = Date.parse(`${date}T${time?.replace(',', '.')}${fullZone(zone)}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** `Date.parse` wants `+05:30`, not `+0530` or `+05`. */
function fullZone(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
