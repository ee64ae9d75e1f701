import { z } from 'zod';
import type { BusinessContent } from '../content/business.ts';
import { maybeObject } from './check.ts';
import { GraphError, invalid, missing } from './errors.ts';
import { readContent } from './sending/read.ts';
import type { StoredObjects } from './sending/stored-objects.ts';

/** The requests of `POST /{number}/messages`. */
export type GraphRequest =
  | {
      readonly ask: 'send';
      readonly to: string;
      readonly content: BusinessContent;
      readonly key?: string;
      /** The message that it replies to. */
      readonly replyTo?: string;
    }
  | { readonly ask: 'receipt'; readonly messageId: string; readonly typing: boolean };

const MAX_KEY_LENGTH = 512;

const bodySchema = z.record(z.string(), z.unknown());
const typingSchema = z.object({ type: z.literal('text') });

/** Throws errors in Meta's order: the envelope, then the kind of request, then its values. */
export function readRequest(json: unknown, stored: StoredObjects): GraphRequest {
  const body = bodySchema.safeParse(json).data;
  if (!body) throw new GraphError(100, { details: 'The body is not a JSON object.' });
  if (body.messaging_product !== 'whatsapp') {
    throw new GraphError(100, { message: 'The parameter messaging_product is required.' });
  }
  return 'status' in body ? readReceipt(body) : readSend(body, stored);
}

function readReceipt(body: Record<string, unknown>): GraphRequest {
  if (body.status !== 'read') throw invalid('status must be one of: read');
  const typing = body.typing_indicator;
  if (typing !== undefined && !typingSchema.safeParse(typing).success) {
    throw invalid('typing_indicator.type must be one of: text');
  }
  return { ask: 'receipt', messageId: textOf(body, 'message_id'), typing: typing !== undefined };
}

function readSend(body: Record<string, unknown>, stored: StoredObjects): GraphRequest {
  // With both, the phone number wins (Meta, "Business-scoped user IDs").
  const to = body.to === undefined && body.recipient !== undefined ? textOf(body, 'recipient') : phone(body);
  if (body.recipient_type !== undefined && body.recipient_type !== 'individual') {
    throw invalid('recipient_type must be one of: individual');
  }
  const content = readContent(body, stored);
  const context = maybeObject(body, 'context');
  const replyTo = context === undefined ? {} : { replyTo: textOf(context, 'message_id') };
  if (body.biz_opaque_callback_data === undefined) return { ask: 'send', to, content, ...replyTo };
  const key = textOf(body, 'biz_opaque_callback_data');
  if (key.length > MAX_KEY_LENGTH)
    throw invalid(`biz_opaque_callback_data is longer than ${MAX_KEY_LENGTH} characters`);
  return { ask: 'send', to, content, key, ...replyTo };
}

/** Returns the digits of a number as people write it: `+`, spaces, dashes and brackets are ignored. */
function phone(body: Record<string, unknown>): string {
  if (body.to === undefined) throw new GraphError(100, { message: 'The parameter to is required.' });
  const digits = textOf(body, 'to').replace(/[\s()+-]/g, '');
  if (!/^[0-9]{5,20}$/.test(digits)) throw invalid('to is not a phone number');
  return digits;
}

function textOf(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (value === undefined) throw missing(`${name} is missing`);
  if (typeof value !== 'string' || value === '') throw invalid(`${name} must be a string that is not empty`);
  return value;
}
