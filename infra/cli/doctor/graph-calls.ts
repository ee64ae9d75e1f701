/**
 * Graph API calls that fix a finding, to be copied into a shell. Secrets stay in shell variables, so that none is printed
 * here or stored in the shell's history. Meta: "Webhook overrides"; "Subscribed apps" of an account.
 */

export interface GraphTarget {
  readonly graphUrl: string;
  /** `v25.0` */
  readonly version: string;
  readonly phoneNumberId: string;
  readonly stack: string;
}

const TOKEN = 'META_ACCESS_TOKEN_FROM_SYS_USER';
const VERIFY_TOKEN = 'META_WEBHOOK_VERIFY_TOKEN';

/** Overrides the webhook of the number with this URL. Meta verifies the URL with a challenge during the call. */
export function webhookOverrideCall(target: GraphTarget, webhookUrl: string): string {
  const body = `{"webhook_configuration":{"override_callback_uri":"${webhookUrl}","verify_token":"$${VERIFY_TOKEN}"}}`;
  const post = `curl --json "${body.replaceAll('"', '\\"')}" ${call(target, target.phoneNumberId)}`;
  return [exported(target, TOKEN), exported(target, VERIFY_TOKEN), post].join('\n');
}

/** Subscribes the token's app to the account; without a subscription nothing is delivered. */
export function subscriptionCall(target: GraphTarget, account: string): string {
  return [exported(target, TOKEN), `curl -X POST ${call(target, `${account}/subscribed_apps`)}`].join('\n');
}

function exported({ stack }: GraphTarget, name: string): string {
  return `export ${name}=$(pulumi config get ${name} --stack ${stack})`;
}

function call({ graphUrl, version }: GraphTarget, path: string): string {
  return `-H "Authorization: Bearer $${TOKEN}" ${graphUrl}/${version}/${path}`;
}
