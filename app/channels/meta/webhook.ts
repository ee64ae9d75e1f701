import type { ParsedUrlQuery } from 'node:querystring';
import { parseJson } from '../../json.ts';
import type { Challenge, Verification, WebhookChannel, WebhookRequest } from '../../ports/webhook-channel.ts';
import { sameSecret } from '../../same-secret.ts';
import { type AppSecretsOptions, coveredByDeployment, createAppSecrets } from './app-secrets.ts';
import { parseDelivery } from './parse.ts';
import { verifySignature } from './signature.ts';

export interface MetaWebhookOptions {
  /** Several while one is rotated. */
  readonly appSecrets: readonly string[];
  readonly verifyToken: string;
  readonly alwaysReturnOk: boolean;
  /** Absent: no business has an app of its own, and a delivery covers all of them. */
  readonly ownApps?: AppSecretsOptions;
}

/** Meta's deliveries are at most 3 MB (Graph API, "Webhooks"); the rest is margin. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** A challenge is returned unchanged, so characters that could form markup are refused. Meta sends digits. */
const SAFE_CHALLENGE = /^[\w-]{1,256}$/;

export function createMetaWebhook({
  appSecrets,
  verifyToken,
  alwaysReturnOk,
  ownApps,
}: MetaWebhookOptions): WebhookChannel {
  return {
    paths: ['/whatsapp/v2', '/whatsapp_response'],
    maxBodyBytes: MAX_BODY_BYTES,
    unreadableStatus: alwaysReturnOk ? 200 : 400,
    verify: ownApps === undefined ? byDeployment : byAnyApp(ownApps),
    parse({ body }, receivedAt) {
      const json = parseJson(body.toString('utf8'));
      return json === undefined ? undefined : parseDelivery(json, receivedAt);
    },
    challenge: (query) => answerChallenge(query, verifyToken),
  };

  function byDeployment({ headers, body }: WebhookRequest): Verification {
    return verifySignature(body, headers['x-hub-signature-256'], appSecrets);
  }

  /** The deployment's app signs nearly every delivery, so it is tried first, without waiting. */
  function byAnyApp(options: AppSecretsOptions): WebhookChannel['verify'] {
    const verifyOwn = createAppSecrets(options);
    const covers = coveredByDeployment(appSecrets);
    return (request) => {
      const { ok, ...verification } = byDeployment(request);
      if (ok) return { ...verification, ok, covers };
      return verifyOwn(request.body, request.headers['x-hub-signature-256']);
    };
  }
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
