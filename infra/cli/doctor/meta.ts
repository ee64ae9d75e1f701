/** Checks at Meta: the token, the number, its webhook and the subscription. */
import got, { RequestError } from 'got';
import * as z from 'zod';
import {
  accountsOf,
  effectiveCallback,
  missingPermissions,
  type TokenInfo,
  tokenBody,
  webhookConfiguration,
} from '../../../scripts/meta/objects.ts';
import { withoutSecrets } from '../../../scripts/meta/refusals.ts';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
import { type GraphTarget, subscriptionCall, webhookOverrideCall } from './graph-calls.ts';

const SOON_MS = 14 * 24 * 60 * 60 * 1000;

export interface MetaTarget extends GraphTarget {
  readonly token: string;
  /** Where deliveries should go; absent while nothing is deployed. */
  readonly webhookUrl?: string;
  readonly now: () => number;
}

const numberBody = z.object({
  verified_name: z.string().default('no name'),
  quality_rating: z.string().default('UNKNOWN'),
  /** `SANDBOX`: a test number of Meta's (Graph API reference, "WhatsApp Business Phone Number"). */
  account_mode: z.string().optional().catch(undefined),
  webhook_configuration: webhookConfiguration,
});
const appsBody = z.object({ data: z.array(z.unknown()) });
const errorBody = z.object({ error: z.object({ message: z.string(), code: z.number() }) });

export async function checkMeta(target: MetaTarget): Promise<Finding[]> {
  const token = await requestGraph(
    target,
    `debug_token?input_token=${encodeURIComponent(target.token)}`,
    tokenBody,
  );
  if (token instanceof FailedRequest) return [token.finding('token', newToken(target))];
  const findings = checkToken(target, token.data);
  if (findings.some(({ outcome }) => outcome === 'bad')) return findings;
  const [account] = accountsOf(token.data);
  return [...findings, ...(await checkNumber(target)), await checkSubscription(target, account)];
}

function checkToken(target: MetaTarget, token: TokenInfo): Finding[] {
  if (!token.is_valid) {
    const why = withoutSecrets(token.error?.message ?? 'it is not valid', [target.token]);
    return [bad('token', why, newToken(target))];
  }
  const missing = missingPermissions(token);
  if (missing.length > 0) {
    return [
      bad('token', `it lacks ${missing.join(' and ')}`, `Generate one with both.\n${newToken(target)}`),
    ];
  }
  if (token.expires_at === 0) return [good('token', 'valid, never expires, has both permissions')];
  const until = new Date(token.expires_at * 1000).toISOString();
  const left = token.expires_at * 1000 - target.now();
  const fix = `Generate one that never expires.\n${newToken(target)}`;
  return [left < SOON_MS ? warning('token', `expires ${until}`, fix) : good('token', `valid until ${until}`)];
}

async function checkNumber(target: MetaTarget): Promise<Finding[]> {
  const fields = 'verified_name,quality_rating,account_mode,webhook_configuration';
  const number = await requestGraph(target, `${target.phoneNumberId}?fields=${fields}`, numberBody);
  if (number instanceof FailedRequest) {
    const fix = `pulumi config set --path environment.META_BUSINESS_PHONE_NUMBER_ID <id> --stack ${target.stack}`;
    return [number.finding('number', fix)];
  }
  return [checkState(number), checkWebhook(target, number.webhook_configuration)];
}

function checkState({ verified_name, quality_rating, account_mode }: z.infer<typeof numberBody>): Finding {
  const message = `${verified_name}, quality ${quality_rating}`;
  if (quality_rating === 'RED')
    return warning('number', message, 'https://business.facebook.com/wa/manage/phone-numbers/ says why.');
  return account_mode === 'SANDBOX'
    ? warning('number', `${message}, a test number`, TEST_NUMBER)
    : good('number', message);
}

const TEST_NUMBER = `It sends to the numbers on its list only (App Dashboard, WhatsApp, API Setup, "To"); to others it is refused with 131030.
The list wants a number as its wa_id is spelt: enter those of Argentina as 54 9 ... and 54 ..., of Mexico as 52 1 ... and 52 ....`;

function checkWebhook(target: MetaTarget, set: z.infer<typeof numberBody>['webhook_configuration']): Finding {
  const { webhookUrl } = target;
  if (webhookUrl === undefined)
    return skipped('webhook', 'nothing is deployed yet', `npm run deploy -- ${target.stack}`);
  const now = effectiveCallback(set)?.url;
  if (now === webhookUrl) return good('webhook', webhookUrl);
  return bad(
    'webhook',
    `messages go to ${now ?? 'nowhere'}, not to ${webhookUrl}`,
    webhookOverrideCall(target, webhookUrl),
  );
}

async function checkSubscription(target: MetaTarget, account: string | undefined): Promise<Finding> {
  if (account === undefined) {
    const message = 'the token does not say which WhatsApp Business Account it is for';
    return skipped('subscription', message, `Give it the account.\n${newToken(target)}`);
  }
  const apps = await requestGraph(target, `${account}/subscribed_apps`, appsBody);
  if (apps instanceof FailedRequest) return apps.finding('subscription', newToken(target));
  if (apps.data.length > 0) return good('subscription', 'an app is subscribed to the account');
  return bad(
    'subscription',
    'no app is subscribed to the account: nothing is delivered',
    subscriptionCall(target, account),
  );
}

/** A call of the Graph API that failed. */
class FailedRequest {
  readonly #message: string;
  /** Set when Meta did not process the call: another token or number would not help. */
  readonly #fix: string | undefined;

  constructor(message: string, fix?: string) {
    this.#message = message;
    this.#fix = fix;
  }

  /** `fix` is for a call that Meta rejected. */
  finding(name: string, fix: string): Finding {
    return bad(name, this.#message, this.#fix ?? fix);
  }
}

function newToken({ stack }: MetaTarget): string {
  const set = `pulumi config set --secret META_ACCESS_TOKEN_FROM_SYS_USER --stack ${stack}`;
  return `${set} && npm run deploy -- ${stack}`;
}

/** The token is sent in a header and is in no message. */
async function requestGraph<T>(
  target: MetaTarget,
  path: string,
  shape: z.ZodType<T>,
): Promise<T | FailedRequest> {
  try {
    const { ok, body } = await got(`${target.graphUrl}/${target.version}/${path}`, {
      headers: { authorization: `Bearer ${target.token}` },
      responseType: 'json',
      throwHttpErrors: false,
      retry: { limit: 0 },
      timeout: { request: 15_000 },
    });
    const parsed = shape.safeParse(body);
    if (ok && parsed.success) return parsed.data;
    const refusal = errorBody.safeParse(body);
    return new FailedRequest(
      refusal.success
        ? `Meta says ${refusal.data.error.code}: ${withoutSecrets(refusal.data.error.message, [target.token])}`
        : 'Meta sent a response of an unknown form',
    );
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const fix = `Check the network, proxies and META_API_URL: curl -sS ${target.graphUrl}`;
    return new FailedRequest(`Meta does not respond: ${error.code}`, fix);
  }
}
