/** Meta's requests to the web service: the challenge, and a delivery. */
import { randomBytes } from 'node:crypto';
import type { Got } from 'got';
import { escapeNonAscii, sign } from '../../../app/channels/meta/signature.ts';
import { bad, type Finding, good, skipped } from './checks.ts';
import { httpClientFor } from './http-client-for.ts';
import { noResponse, type Probe, refused, shorten } from './probe-response.ts';

const WEBHOOK = 'whatsapp/v2';
/** No business has this number id, so the delivery is counted and dropped. */
const UNKNOWN_NUMBER_ID = '0';

export interface MetaSecrets {
  readonly verifyToken?: string;
  readonly appSecret?: string;
}

export function metaProbes(secrets: MetaSecrets): readonly (readonly [name: string, Probe])[] {
  return [
    ['challenge', (web) => challenge(web, secrets)],
    ['wrong token', wrongToken],
    ['no signature', unsigned],
    ['wrong signature', wrongSignature],
    ['delivery', (web) => delivery(web, secrets)],
  ];
}

async function challenge(web: Got, { verifyToken }: MetaSecrets): Promise<Finding> {
  if (verifyToken === undefined)
    return skipped('challenge', 'no verify token', 'Set META_WEBHOOK_VERIFY_TOKEN.');
  return challengeAt(web, WEBHOOK, verifyToken);
}

/**
 * Sends Meta's challenge to a whole address, such as a callback that is about to be set. Resolves to a finding, also when
 * nothing responds.
 */
export async function checkChallenge(url: string, verifyToken: string): Promise<Finding> {
  const { origin, pathname } = new URL(url);
  return challengeAt(httpClientFor(origin), pathname.slice(1), verifyToken).catch(noResponse('challenge'));
}

async function challengeAt(web: Got, path: string, verifyToken: string): Promise<Finding> {
  const expected = randomBytes(8).toString('hex');
  const { statusCode, body, headers } = await requestChallenge(web, path, expected, verifyToken);
  const isEchoed =
    statusCode === 200 && body === expected && headers['content-type']?.startsWith('text/plain') === true;
  if (isEchoed) return good('challenge', 'Meta can verify the address');
  return bad(
    'challenge',
    `the challenge is answered with ${statusCode} ${shorten(body)}`,
    'Is META_WEBHOOK_VERIFY_TOKEN the one the service has?',
  );
}

async function wrongToken(web: Got): Promise<Finding> {
  const { statusCode } = await requestChallenge(
    web,
    WEBHOOK,
    '1',
    `not-the-token-${randomBytes(8).toString('hex')}`,
  );
  return refused('wrong token', statusCode);
}

function requestChallenge(web: Got, path: string, challenge: string, verifyToken: string) {
  const searchParams = {
    'hub.mode': 'subscribe',
    'hub.challenge': challenge,
    'hub.verify_token': verifyToken,
  };
  return web(path, { searchParams });
}

async function unsigned(web: Got): Promise<Finding> {
  const { statusCode } = await post(web, testDelivery(), {});
  return refused('no signature', statusCode);
}

async function wrongSignature(web: Got): Promise<Finding> {
  const body = testDelivery();
  const signature = sign(body, randomBytes(16).toString('hex'));
  const { statusCode } = await post(web, body, { 'x-hub-signature-256': signature });
  return refused('wrong signature', statusCode);
}

async function delivery(web: Got, { appSecret }: MetaSecrets): Promise<Finding> {
  if (appSecret === undefined) return skipped('delivery', 'no app secret', 'Set META_APP_SECRET.');
  const body = testDelivery();
  const response = await post(web, body, { 'x-hub-signature-256': sign(body, appSecret) });
  if (response.statusCode === 200) return good('delivery', 'a signed test delivery is accepted');
  return bad(
    'delivery',
    `a signed test delivery is answered with ${response.statusCode} ${shorten(response.body)}`,
    'Is META_APP_SECRET the one the service has?',
  );
}

function post(web: Got, body: Buffer, headers: Record<string, string>) {
  return web.post(WEBHOOK, { body, headers: { 'content-type': 'application/json', ...headers } });
}

/** Arabic, so that the signature is over escaped letters as Meta's is. */
function testDelivery(): Buffer {
  const message = {
    from: '0',
    id: `wamid.verify-${randomBytes(12).toString('hex')}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: 'اختبار' },
  };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: UNKNOWN_NUMBER_ID, phone_number_id: UNKNOWN_NUMBER_ID },
    contacts: [{ profile: { name: 'verify' }, wa_id: '0' }],
    messages: [message],
  };
  const entry = [{ id: '0', changes: [{ field: 'messages', value }] }];
  return escapeNonAscii(Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry })));
}
