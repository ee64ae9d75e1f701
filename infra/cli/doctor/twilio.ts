/** Checks at Twilio: the account, the WhatsApp sender, and where its messages go. Reads only. */
import * as z from 'zod';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
import { ask } from './ask.ts';

export interface TwilioTarget {
  /** `https://api.twilio.com`, and `https://messaging.twilio.com`, where the senders are. */
  readonly apiUrl: string;
  readonly messagingUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** In international format: `+14155238886`. */
  readonly number: string;
  /** `PUBLIC_URL` of the stack, or its domain; undefined when it has neither. */
  readonly publicUrl: string | undefined;
  readonly stack: string;
}

/** The route of the web service that takes Twilio's deliveries. */
const ROUTE = '/whatsapp/twilio';
/**
 * Without it Twilio delivers a message once: one that gets 503 or no answer is lost. Up to five more attempts within 15
 * seconds, when the connection fails, nothing answers, or we say 5xx (Twilio, "Webhook connection overrides": `rc`, `rp`).
 */
const RETRIES = '#rc=5&rp=ct,rt,5xx';
/** Failures after which Twilio has to deliver again; `all` covers them. */
const REPEATED = ['ct', 'rt', '5xx'];
/** Numbers of Twilio's sandbox are senders of Twilio's own account, so the API lists none. */
const SANDBOX = 'https://console.twilio.com/us1/develop/sms/settings/whatsapp-sandbox';
const SENDERS = 'https://console.twilio.com/us1/develop/sms/senders/whatsapp-senders';
/** The longest page of the API. */
const PAGE_SIZE = 1000;

const account = z.object({ friendly_name: z.string().default('no name'), status: z.string() });
const senders = z.object({
  senders: z.array(
    z.object({
      sender_id: z.string().default(''),
      status: z.string().default('unknown'),
      webhook: z
        .object({ callback_url: z.string().nullish(), callback_method: z.string().nullish() })
        .nullish(),
    }),
  ),
});
type Sender = z.infer<typeof senders>['senders'][number];
const refusal = z
  .object({ code: z.number().optional(), message: z.string() })
  .transform(({ code, message }) => (code === undefined ? message : `${message} (${code})`));

export async function checkTwilio(target: TwilioTarget): Promise<Finding[]> {
  const address = checkAddress(target);
  const found = await ask({
    url: `${target.apiUrl}/2010-04-01/Accounts/${encodeURIComponent(target.accountSid)}.json`,
    authorization: basic(target),
    shape: account,
    refusal,
  });
  if ('refusal' in found) {
    const { status, message } = found.refusal;
    const fix = status === 401 || status === 404 ? newCredentials(target) : reach(target.apiUrl);
    return [address, bad('twilio', `the account cannot be read: ${message}`, fix)];
  }
  const { friendly_name, status } = found.body;
  if (status !== 'active')
    return [address, bad('twilio', `${friendly_name} is ${status}`, 'https://console.twilio.com says why.')];
  return [address, good('twilio', `${friendly_name}, active`), ...(await checkSender(target))];
}

function checkAddress({ publicUrl, stack }: TwilioTarget): Finding {
  const set = `pulumi config set --path environment.PUBLIC_URL https://<host> --stack ${stack}`;
  if (publicUrl === undefined)
    return bad('public url', 'is not set, and Twilio signs the address that it delivers to', set);
  return publicUrl.startsWith('https://')
    ? good('public url', publicUrl)
    : bad('public url', `${publicUrl} is not https, so anyone on the way reads the messages`, set);
}

async function checkSender(target: TwilioTarget): Promise<Finding[]> {
  const found = await ask({
    url: `${target.messagingUrl}/v2/Channels/Senders?Channel=whatsapp&PageSize=${PAGE_SIZE}`,
    authorization: basic(target),
    shape: senders,
    refusal,
  });
  const wanted = target.publicUrl === undefined ? undefined : `${target.publicUrl}${ROUTE}${RETRIES}`;
  const enter = `Enter it as the webhook for incoming messages, with HTTP POST: ${wanted ?? `<PUBLIC_URL>${ROUTE}${RETRIES}`}`;
  if ('refusal' in found) {
    const message = `the senders cannot be read: ${found.refusal.message}`;
    return [skipped('sender', message, `${SENDERS}\n${enter}`)];
  }
  const sender = found.body.senders.find(({ sender_id }) => sender_id === `whatsapp:${target.number}`);
  if (sender === undefined) {
    const message = `${target.number} is no WhatsApp sender of the account; it may be Twilio's sandbox`;
    return [warning('sender', message, `${SENDERS}\n${SANDBOX}\n${enter}`)];
  }
  const state = sender.status.startsWith('ONLINE')
    ? good('sender', `${target.number}, ${sender.status}`)
    : bad('sender', `${target.number} is ${sender.status}: nothing is sent or received`, SENDERS);
  return wanted === undefined ? [state] : [state, checkWebhook(sender, wanted, `${SENDERS}\n${enter}`)];
}

function checkWebhook({ webhook }: Sender, wanted: string, enter: string): Finding {
  const now = webhook?.callback_url ?? '';
  const [address = '', fragment = ''] = now.split('#', 2);
  if (address !== wanted.split('#', 1)[0])
    return bad('twilio webhook', `messages go to ${now === '' ? 'nowhere' : now}`, enter);
  if ((webhook?.callback_method ?? 'POST') !== 'POST')
    return bad('twilio webhook', `${webhook?.callback_method} is used, and only POST is understood`, enter);
  if (!repeats(fragment))
    return bad('twilio webhook', 'Twilio delivers once: a message that gets 503 is lost', enter);
  return good('twilio webhook', now);
}

/** Whether a fragment has Twilio deliver again after every failure that leaves a message unstored. */
function repeats(fragment: string): boolean {
  const overrides = new URLSearchParams(fragment);
  const policies = (overrides.get('rp') ?? 'ct').split(',').map((policy) => policy.trim());
  return (
    Number(overrides.get('rc') ?? 1) >= 1 &&
    (policies.includes('all') || REPEATED.every((failure) => policies.includes(failure)))
  );
}

function basic({ accountSid, authToken }: TwilioTarget): string {
  return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
}

function newCredentials({ stack }: TwilioTarget): string {
  return [
    'Take both from https://console.twilio.com, Account info.',
    `pulumi config set --path environment.TWILIO_ACCOUNT_SID <sid> --stack ${stack}`,
    `pulumi config set --secret TWILIO_AUTH_TOKEN --stack ${stack}`,
  ].join('\n');
}

function reach(url: string): string {
  return `Check the network, proxies and TWILIO_API_URL: curl -sS ${url}`;
}
