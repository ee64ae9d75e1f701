import { TwilioError } from './errors.ts';
import { type Resource, resourceJson } from './resource.ts';

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;
const DAY_MS = 86_400_000;

/** The filters of a list: equality, or a time with the comparison in the name of the parameter (`DateSent>=...`). */
const FILTERS: Readonly<Record<string, (resource: Resource, value: string) => boolean>> = {
  To: ({ to }, value) => to === value,
  From: ({ from }, value) => from === value,
  DateSent: ({ sentAt }, value) => isWithin(sentAt, value, (at, [from, to]) => at >= from && at < to),
  // A client that writes `DateSent>=2026-11-27` sends the parameter `DateSent>`: the rest is the equals sign.
  'DateSent>': ({ sentAt }, value) => isWithin(sentAt, value, (at, [from]) => at >= from),
  'DateSent>=': ({ sentAt }, value) => isWithin(sentAt, value, (at, [from]) => at >= from),
  'DateSent<': ({ sentAt }, value) => isWithin(sentAt, value, (at, [, to]) => at < to),
  'DateSent<=': ({ sentAt }, value) => isWithin(sentAt, value, (at, [, to]) => at < to),
};

/**
 * Returns one page of the messages that match the query. `newestFirst` has all of them. A message that is still queued has no
 * time and matches no filter of times. Throws `TwilioError` for a value that is no time or number.
 */
export function listMessages(
  newestFirst: readonly Resource[],
  query: URLSearchParams,
  accountSid: string,
): Record<string, unknown> {
  const matching = newestFirst.filter((resource) =>
    [...query].every(([name, value]) => value === '' || (FILTERS[name]?.(resource, value) ?? true)),
  );
  const pageSize = Math.min(wholeNumber(query, 'PageSize', DEFAULT_PAGE_SIZE), MAX_PAGE_SIZE);
  if (pageSize < 1) throw new TwilioError(20001, { message: 'PageSize must be from 1 to 1000' });
  const page = wholeNumber(query, 'Page', 0);
  // The token names the last message of the page before: later messages do not move the pages.
  const last = query.get('PageToken')?.replace(/^PA/, '');
  const start = last === undefined ? 0 : matching.findIndex(({ sid }) => sid === last) + 1;
  const messages = matching.slice(start, start + pageSize);
  const more = matching.length > start + pageSize;
  return {
    messages: messages.map((resource) => resourceJson(resource, accountSid)),
    first_page_uri: pageUri({ Page: '0' }),
    next_page_uri: more ? pageUri({ Page: String(page + 1), PageToken: `PA${messages.at(-1)?.sid}` }) : null,
    previous_page_uri: null,
    page,
    page_size: pageSize,
    start: page * pageSize,
    end: page * pageSize + Math.max(0, messages.length - 1),
    uri: `/2010-04-01/Accounts/${accountSid}/Messages.json?${query}`,
  };

  function pageUri(place: Readonly<Record<string, string>>): string {
    const next = new URLSearchParams(query);
    next.delete('PageToken');
    next.set('PageSize', String(pageSize));
    for (const [name, value] of Object.entries(place)) next.set(name, value);
    return `/2010-04-01/Accounts/${accountSid}/Messages.json?${next}`;
  }
}

function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name);
  if (value === null || value === '') return fallback;
  if (/^[0-9]{1,9}$/.test(value)) return Number(value);
  throw new TwilioError(20001, { message: `${name} must be a whole number` });
}

/** Calls `check` with the beginning and end of the day or second that the value names. */
function isWithin(
  at: number | undefined,
  value: string,
  check: (at: number, range: readonly [number, number]) => boolean,
): boolean {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(value);
  const from = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(from))
    throw new TwilioError(20001, { message: 'DateSent must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ' });
  if (at === undefined) return false;
  // Times of messages count in seconds.
  return check(Math.floor(at / 1_000) * 1_000, [from, from + (isDay ? DAY_MS : 1_000)]);
}
