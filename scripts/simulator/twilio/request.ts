import { createHmac, randomUUID } from 'node:crypto';
import type { WebhookRequest } from '../webhook/sender.ts';

export type Fields = Readonly<Record<string, string>>;

/**
 * Returns the value of `X-Twilio-Signature` (Twilio, "Webhooks security"): HMAC-SHA1 of the URL, with its query, followed by
 * the names and values of all fields in the order of their names.
 */
export function signature(url: string, fields: Fields, authToken: string): string {
  const names = Object.keys(fields).sort();
  const signed = url + names.map((name) => name + fields[name]).join('');
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

/**
 * Returns a POST as Twilio sends it. The fragment of the URL has settings for Twilio alone ("Connection overrides"): it is
 * neither sent nor signed. Every attempt has the same idempotency token.
 */
export function formRequest(url: string, fields: Fields, authToken: string): WebhookRequest {
  const [target = url] = url.split('#');
  return {
    url: () => target,
    body: Buffer.from(new URLSearchParams(fields).toString()),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'i-twilio-idempotency-token': randomUUID(),
      'x-twilio-signature': signature(target, fields, authToken),
    },
  };
}
