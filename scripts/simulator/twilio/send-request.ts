import type { BusinessContent } from '../content/business.ts';
import { identityIn } from './address.ts';
import { TwilioError } from './errors.ts';
import type { Fields } from './request.ts';
import { fillTemplate } from './templates.ts';

/** A call of `POST Messages.json`. */
export interface SendRequest {
  /** A phone number in digits, or a user id. */
  readonly to: string;
  readonly content: BusinessContent;
  /** Where statuses are posted. */
  readonly statusCallback?: string;
}

/** Twilio, "Messages resource": characters are UTF-16 units, as error 21617 counts them. */
const MAX_BODY_LENGTH = 1_600;
const CHANNEL = 'whatsapp:';

/** Checks a call in Twilio's order: who, to whom, what. `number` is the sender of the account. Throws `TwilioError`. */
export function readSendRequest(fields: Fields, number: string): SendRequest {
  const { From: from, To: to, StatusCallback: statusCallback } = fields;
  if (to === undefined || to === '') throw new TwilioError(21604);
  if (from === undefined || from === '') throw new TwilioError(21603);
  if (to.startsWith(CHANNEL) !== from.startsWith(CHANNEL)) throw new TwilioError(21910);
  if (from !== `${CHANNEL}${number}`) throw new TwilioError(63007);
  const identity = identityIn(to);
  if (identity === undefined)
    throw new TwilioError(21211, {
      message: `The 'To' number ${to.slice(0, 40)} is not a valid phone number.`,
    });
  const content = readContent(fields);
  if (statusCallback === undefined || statusCallback === '') return { to: identity, content };
  if (!/^https?:$/.test(URL.parse(statusCallback)?.protocol ?? '')) throw new TwilioError(21609);
  return { to: identity, content, statusCallback };
}

function readContent(fields: Fields): BusinessContent {
  const { Body: body = '', ContentSid: contentSid, ContentVariables: variables, MediaUrl: link } = fields;
  if (contentSid !== undefined && contentSid !== '')
    return { kind: 'template', text: fillTemplate(contentSid, variables), taps: [] };
  if (body.length > MAX_BODY_LENGTH) throw new TwilioError(21617);
  if (link !== undefined) return { kind: 'image', link, ...(body === '' ? {} : { text: body }) };
  if (body.trim() === '') throw new TwilioError(21619);
  return { kind: 'text', text: body };
}
