/** Twilio's requests to the web service: a delivery, which Twilio signs with the service's own address. */
import { randomBytes } from 'node:crypto';
import type { Got } from 'got';
import { signatureOf } from '../../../app/channels/twilio/signature.ts';
import { PATH } from '../../../app/channels/twilio/webhook.ts';
import { bad, type Finding, good, skipped } from './checks.ts';
import { type Probe, refused, shorten } from './probe-response.ts';

export interface TwilioSecrets {
  readonly authToken?: string;
  /** The address that is entered at Twilio, without path. */
  readonly publicUrl: string;
}

/** Nobody has it: country code 999 is not assigned to a network (ITU-T E.164). The delivery is counted and dropped. */
const UNKNOWN_NUMBER = 'whatsapp:+99900000000';

export function twilioProbes(secrets: TwilioSecrets): readonly (readonly [name: string, Probe])[] {
  return [
    ['twilio, no signature', (web) => unsigned(web)],
    ['twilio, wrong signature', (web) => wrongSignature(web, secrets)],
    ['twilio delivery', (web) => delivery(web, secrets)],
  ];
}

async function unsigned(web: Got): Promise<Finding> {
  return refused('twilio, no signature', (await post(web, testDelivery(), {})).statusCode);
}

async function wrongSignature(web: Got, { publicUrl }: TwilioSecrets): Promise<Finding> {
  const body = testDelivery();
  const signature = signatureOf({ url: webhookAt(publicUrl), body }, randomBytes(16).toString('hex'));
  const { statusCode } = await post(web, body, { 'x-twilio-signature': signature });
  return refused('twilio, wrong signature', statusCode);
}

async function delivery(web: Got, { authToken, publicUrl }: TwilioSecrets): Promise<Finding> {
  if (authToken === undefined) return skipped('twilio delivery', 'no auth token', 'Set TWILIO_AUTH_TOKEN.');
  const body = testDelivery();
  const signature = signatureOf({ url: webhookAt(publicUrl), body }, authToken);
  const response = await post(web, body, { 'x-twilio-signature': signature });
  if (response.statusCode === 200 && response.body.endsWith('<Response/>'))
    return good('twilio delivery', 'a signed test delivery is accepted');
  return bad(
    'twilio delivery',
    `a test delivery signed for ${webhookAt(publicUrl)} is answered with ${response.statusCode} ${shorten(response.body)}`,
    'Are TWILIO_AUTH_TOKEN and PUBLIC_URL those that the service has?',
  );
}

function webhookAt(publicUrl: string): string {
  return `${publicUrl.replace(/\/+$/, '')}${PATH}`;
}

function post(web: Got, body: Buffer, headers: Record<string, string>) {
  const type = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
  return web.post(PATH.slice(1), { body, headers: { ...type, ...headers } });
}

/** Arabic, so that the signature is over bytes that are percent-encoded. */
function testDelivery(): Buffer {
  const form = new URLSearchParams({
    ...{ MessageSid: `SM${randomBytes(16).toString('hex')}`, SmsStatus: 'received', NumMedia: '0' },
    ...{ From: 'whatsapp:+99900000001', To: UNKNOWN_NUMBER, MessageType: 'text', Body: 'اختبار' },
  });
  return Buffer.from(form.toString());
}
