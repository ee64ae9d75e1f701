import type { Got } from 'got';
import { z } from 'zod';
import { type CallTimeouts, createJsonClient, type JsonResponse } from '../../http-client/json-calls.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Refusal } from '../../resilience/refusals.ts';
import { refusalError } from './errors.ts';

export interface TwilioApiOptions {
  /** `https://api.twilio.com` */
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly timeouts: CallTimeouts;
  readonly clock: Pick<Clock, 'now'>;
  readonly http?: Got | undefined;
}

type Form = Readonly<Record<string, string>>;

/** The calls of Twilio's API. Each resolves to the response of any status, and rejects as `CallJson` does. */
export interface TwilioApi {
  createMessage(authToken: string, form: Form): Promise<JsonResponse>;
  /** `page`: the address of a page, as the page before names it. */
  listMessages(authToken: string, page: Form | string): Promise<JsonResponse>;
  showTyping(authToken: string, form: Form, signal: AbortSignal): Promise<JsonResponse>;
}

/** A page of 50 messages of 1,600 characters, each of which JSON may escape. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024;

export function createTwilioApi({ apiUrl, accountSid, timeouts, clock, http }: TwilioApiOptions): TwilioApi {
  const base = apiUrl.replace(/\/+$/, '');
  const common = { name: 'Twilio', timeouts, clock, http };
  const call = createJsonClient({ ...common, url: base });
  const callForPage = createJsonClient({ ...common, url: base, maxResponseBytes: MAX_PAGE_BYTES });
  const callMessaging = createJsonClient({ ...common, url: messagingUrl(base) });
  const path = `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;

  const headers = (authToken: string) => ({
    authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
    accept: 'application/json',
  });

  return {
    createMessage: (authToken, form) => call({ method: 'POST', path, headers: headers(authToken), form }),
    listMessages(authToken, page) {
      const common = { method: 'GET', headers: headers(authToken) } as const;
      if (typeof page !== 'string') return callForPage({ ...common, path, query: page });
      // The auth token goes to the address of the configuration only, whatever the response says.
      const query = Object.fromEntries(URL.parse(page, `${base}/`)?.searchParams ?? []);
      return callForPage({ ...common, path, query });
    },
    showTyping: (authToken, form, signal) =>
      callMessaging({
        method: 'POST',
        path: '/v2/Indicators/Typing.json',
        headers: headers(authToken),
        form,
        signal,
      }),
  };
}

/**
 * Returns the address of Twilio's messaging product, which has its own host, also where an edge or a region is named
 * (`api.dublin.ie1.twilio.com`). Any other address serves both, as a simulator does.
 */
function messagingUrl(apiUrl: string): string {
  return apiUrl.replace(/^https:\/\/api\.((?:[a-z\d-]+\.)*twilio\.com)$/i, 'https://messaging.$1');
}

const TwilioError = z.object({ code: z.number().int() });

/** Returns undefined for a successful response. Twilio's own sentences are left out, since some name the recipient. */
export function refusalOf({
  status,
  retryAfterMs,
  body,
}: JsonResponse): ReturnType<typeof refusalError> | undefined {
  if (status >= 200 && status < 300) return undefined;
  const code = TwilioError.safeParse(body).data?.code;
  const refusal: Refusal = {
    status,
    retryAfterMs,
    ...(code !== undefined && { code }),
    cause: new Error(`HTTP ${status}, code ${code}`),
  };
  return refusalError(refusal);
}
