import { z } from 'zod';
import { Refused, Unavailable, Unknown } from '../../domain/errors.ts';
import { TEMPLATE } from '../../domain/template.ts';
import type { JsonResponse } from '../../http-client/json-calls.ts';

/** A message of the list: only what is compared. */
const Listed = z.object({
  sid: z.string().min(1),
  body: z.string().nullish(),
  direction: z.string(),
  status: z.string(),
  /** RFC 2822, in whole seconds. */
  date_created: z.string(),
});
type Listed = z.infer<typeof Listed>;

const Page = z.object({ messages: z.array(z.unknown()), next_page_uri: z.string().nullish() });

/** Twilio's clock and ours may differ, and it counts whole seconds. */
const CLOCK_SKEW_MS = 5_000;
export const PAGE_SIZE = 50;
/** More parts than this are never sent to one person in the time that a part is looked for. */
const MAX_PAGES = 20;
const RETRY_AFTER_MS = 5_000;

/** Not delivered, and certainly not under way: the part has to be sent again. */
const NOT_SENT = new Set(['failed', 'undelivered', 'canceled']);

export interface SoughtPart {
  readonly text: string;
  /** When the send began, in milliseconds since 1970. */
  readonly since: number;
}

/**
 * Resolves to the SID of the part among the messages that the pages hold, newest first; to undefined when it is not there.
 * `read` gets the address of a page, undefined for the first one. The text of a template is not known here: any message that
 * was created since the send began counts, since nothing else is sent outside the 24-hour window. Throws `Unavailable`.
 */
export async function findPart(
  { text, since }: SoughtPart,
  read: (page: string | undefined) => Promise<JsonResponse['body']>,
): Promise<string | undefined> {
  const from = since - CLOCK_SKEW_MS;
  let next: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const page = Page.safeParse(await asQuestion(read(next)));
    if (!page.success) throw unreadable();
    const messages = page.data.messages.map(readListed);
    const found = messages.find((message) => message.createdAt >= from && isPart(message, text));
    if (found !== undefined) return found.sid;
    const { next_page_uri } = page.data;
    // Older ones follow. A message that is still queued has no date of sending, so pages are not selected by that date.
    const isPast = messages.length > 0 && messages.every(({ createdAt }) => createdAt < from);
    if (!next_page_uri || isPast) return undefined;
    next = next_page_uri;
  }
  throw new Unavailable('Twilio lists more messages to this person than are read', { code: 'too-many' });
}

function readListed(item: unknown): Listed & { readonly createdAt: number } {
  const listed = Listed.safeParse(item);
  const createdAt = Date.parse(listed.data?.date_created ?? '');
  if (!listed.success || Number.isNaN(createdAt)) throw unreadable();
  return { ...listed.data, createdAt };
}

function isPart({ body, direction, status }: Listed, text: string): boolean {
  if (!direction.startsWith('outbound') || NOT_SENT.has(status)) return false;
  return text === TEMPLATE || (body ?? '').trim() === text.trim();
}

/** A question has no effect: it may be asked again, and its refusal says nothing about the part. */
async function asQuestion<T>(response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (error) {
    if (!(error instanceof Unknown) && !(error instanceof Refused)) throw error;
    throw new Unavailable('Twilio did not say whether it has a part', {
      ...{ scope: 'pair', code: 'not-listed', retryAfterMs: RETRY_AFTER_MS, cause: error },
    });
  }
}

function unreadable(): Unavailable {
  return new Unavailable('the list of messages of Twilio cannot be read', {
    ...{ scope: 'pair', code: 'not-listed', retryAfterMs: RETRY_AFTER_MS },
  });
}
