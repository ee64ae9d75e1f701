import type { ParsedUrlQuery } from 'node:querystring';
import { parseJson } from '../../json.ts';
import type { Challenge, WebhookChannel } from '../../ports/webhook-channel.ts';
import { sameSecret } from '../../same-secret.ts';
import { parseDelivery } from './parse.ts';
import { verifySignature } from './signature.ts';

export interface MetaWebhookOptions {
  /** Several while one is rotated. */
  readonly appSecrets: readonly string[];
  readonly verifyToken: string;
  readonly alwaysReturnOk: boolean;
}

/** Meta's deliveries are at most 3 MB (Graph API, "Webhooks"); the rest is margin. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** A challenge is returned unchanged, so characters that could form markup are refused. Meta sends digits. */
const SAFE_CHALLENGE = /^[\w-]{1,256}$/;

export function createMetaWebhook({
  appSecrets,
  verifyToken,
  alwaysReturnOk,
}: MetaWebhookOptions): WebhookChannel {
  return {
    paths: ['/whatsapp/v2', '/whatsapp_response'],
    maxBodyBytes: MAX_BODY_BYTES,
    unreadableStatus: alwaysReturnOk ? 200 : 400,
    verify: ({ headers, body }) => verifySignature(body, headers['x-hub-signature-256'], appSecrets),
    parse(body, receivedAt) {
      const json = parseJson(body.toString('utf8'));
      return json === undefined ? undefined : parseDelivery(json, receivedAt);
    },
    challenge: (query) => answerChallenge(query, verifyToken),
  };
}

/** Returns the challenge if the verify token is right (Graph API, "Webhooks: Getting Started"). */
function answerChallenge(query: ParsedUrlQuery, verifyToken: string): Challenge {
  const mode = query['hub.mode'];
  const token = query['hub.verify_token'];
  const text = query['hub.challenge'];
  // A repeated parameter is an array.
  if (typeof mode !== 'string' || typeof token !== 'string' || typeof text !== 'string') return MISSING;
  if (!sameSecret(token, verifyToken) || mode !== 'subscribe') return FORBIDDEN;
  return SAFE_CHALLENGE.test(text) ? { ok: true, text } : UNSAFE;
}

const MISSING: Challenge = {
  ok: false,
  status: 400,
  message: 'hub.mode, hub.verify_token and hub.challenge are needed, each once',
};
const FORBIDDEN: Challenge = { ok: false, status: 403, message: 'the verify token or the mode is wrong' };
const UNSAFE: Challenge = {
  ok: false,
  status: 400,
  message: 'hub.challenge may hold letters, digits, _ and - only',
};
