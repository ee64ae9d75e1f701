/** Requests that check a deployed web service from outside. No test delivery reaches a person. */

import { randomBytes } from 'node:crypto';
import got, { type Got, RequestError } from 'got';
import * as z from 'zod';
import { escapeNonAscii, sign } from '../../../app/channels/meta/signature.ts';
import { parseJson } from '../../../app/json.ts';
import { bad, type Finding, good, skipped } from './checks.ts';

const WEBHOOK = 'whatsapp/v2';
/** No business has this number id, so the delivery is counted and dropped. */
const UNKNOWN_NUMBER_ID = '0';

export interface Secrets {
  readonly verifyToken?: string;
  readonly appSecret?: string;
}

type Probe = (web: Got, secrets: Secrets) => Promise<Finding>;

/** In order of dependency. Each resolves to its finding; none throws. */
const PROBES: readonly Probe[] = [home, ready, challenge, wrongToken, unsigned, wrongSignature, delivery];

/** Returns a client for a web service. It never throws for a status. */
export function httpClientFor(url: string, timeoutMs = 10_000): Got {
  return got.extend({
    prefixUrl: url,
    throwHttpErrors: false,
    followRedirect: false,
    timeout: { request: timeoutMs },
    retry: { limit: 0 },
  });
}

export async function probe(
  web: Got,
  secrets: Secrets,
  onFinding: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of PROBES) {
    const finding = await check(web, secrets).catch(noResponse(check.name));
    onFinding(finding);
    findings.push(finding);
    // Without a first response the other probes would only time out.
    if (check === home && finding.message.startsWith('no response')) break;
  }
  return findings;
}

/** Returns what a check that got no response found. Rethrows other errors. */
function noResponse(name: string): (error: unknown) => Finding {
  return (error) => {
    if (!(error instanceof RequestError)) throw error;
    return bad(name, `no response: ${error.code}`, 'Is the address right, and the service running?');
  };
}

const homeBody = z.object({ status: z.literal('ok'), version: z.string() });

async function home(web: Got): Promise<Finding> {
  const response = await web('');
  const body = homeBody.safeParse(parseJson(response.body));
  if (response.statusCode === 200 && body.success)
    return good('home', `GET / says ok, version ${body.data.version}`);
  return bad(
    'home',
    `GET / answers ${response.statusCode} ${shorten(response.body)}`,
    'The log of the service says more.',
  );
}

async function ready(web: Got): Promise<Finding> {
  const { statusCode, body } = await web('ready');
  const parsed = z.object({ ready: z.literal(true) }).safeParse(parseJson(body));
  if (statusCode === 200 && parsed.success) return good('ready', 'store, queue and businesses answer');
  return bad(
    'ready',
    `GET /ready answers ${statusCode} ${shorten(body)}`,
    'The log of the service says more.',
  );
}

async function challenge(web: Got, { verifyToken }: Secrets): Promise<Finding> {
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

async function delivery(web: Got, { appSecret }: Secrets): Promise<Finding> {
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

function refused(name: string, status: number): Finding {
  return status === 403
    ? good(name, 'refused with 403')
    : bad(
        name,
        `is answered with ${status} instead of 403`,
        'Anyone could send messages in the name of others.',
      );
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

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
