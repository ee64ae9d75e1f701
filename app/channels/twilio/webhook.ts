import type { WebhookChannel, WebhookRequest } from '../../ports/webhook-channel.ts';
import { PART_PARAMETER, parseDelivery } from './parse.ts';
import { readForm, verifySignature } from './signature.ts';

export interface TwilioWebhookOptions {
  /** Of this service, as Twilio sees it. Twilio signs it, so it is never taken from the request. */
  readonly publicUrl: string;
  /** Twilio signs with the primary one. */
  readonly authTokens: readonly string[];
}

export const PATH = '/whatsapp/twilio';

/** A delivery is a few thousand bytes: at most 1,600 characters of text, and ten addresses of media. */
const MAX_BODY_BYTES = 1024 * 1024;

/** TwiML that does nothing: Twilio sends the text of any other response to the person. */
const NO_REPLY = { type: 'text/xml', text: '<?xml version="1.0" encoding="UTF-8"?><Response/>' };

export function createTwilioWebhook({ publicUrl, authTokens }: TwilioWebhookOptions): WebhookChannel {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    paths: [PATH],
    maxBodyBytes: MAX_BODY_BYTES,
    // Seen in Twilio's debugger, and not repeated.
    unreadableStatus: 400,
    storedBody: NO_REPLY,
    verify: ({ url, headers, body }) =>
      verifySignature({ url: base + url, body, header: headers['x-twilio-signature'] }, authTokens),
    parse: ({ url, body }: WebhookRequest, receivedAt) =>
      parseDelivery(readForm(body), queryOf(url), receivedAt),
  };
}

/** Returns the address to which Twilio reports the statuses of a part; its query is signed with them. */
export function statusCallback(publicUrl: string, key: string): string {
  return `${publicUrl.replace(/\/+$/, '')}${PATH}?${PART_PARAMETER}=${encodeURIComponent(key)}`;
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}
