import type { HopKind } from './entries.ts';
import type { Headers } from './exchange.ts';

const HIDDEN = '…';

/** The credentials that texts are searched for, and the environment variables that have them. */
export type Secrets = ReadonlyMap<string, string>;

/** Returns the headers without credentials. The signature of a delivery is none. */
export function maskedHeaders(headers: Headers): Headers {
  return headers.map(([name, value]) => [name, isCredential(name) ? maskedCredential(value) : value]);
}

/** Returns the text with the names of variables, `$NAME`, in the place of known credentials. */
export function withoutSecrets(text: string, secrets: Secrets): string {
  let masked = text;
  for (const [value, variable] of secrets) masked = masked.replaceAll(value, `$${variable}`);
  return masked;
}

/** Returns the arguments of curl for a header with credentials: a variable in their place. */
export function credentialArgument(kind: HopKind, name: string, value: string): string | undefined {
  if (!isCredential(name)) return undefined;
  if (name === 'x-whatsapp-api-key') return `-H "${name}: $WHATSAPP_SERVICE_API_KEY"`;
  if (/^basic /i.test(value)) return '-u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"';
  const variable = kind === 'assistant' ? 'OPENAI_API_KEY' : 'META_ACCESS_TOKEN_FROM_SYS_USER';
  return `-H "Authorization: Bearer $${variable}"`;
}

function isCredential(name: string): boolean {
  return ['authorization', 'x-whatsapp-api-key', 'cookie', 'set-cookie'].includes(name.toLowerCase());
}

function maskedCredential(value: string): string {
  const scheme = /^(?:Bearer|Basic) /i.exec(value)?.[0] ?? '';
  return `${scheme}${HIDDEN}`;
}
