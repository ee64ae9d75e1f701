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
  return cutAtSecrets(text, secrets)
    .map((piece) => (piece.variable === undefined ? piece.text : `$${piece.variable}`))
    .join('');
}

/** Returns the text as one word of a shell, in which the variables of known credentials are replaced by their values. */
export function shellWord(text: string, secrets: Secrets): string {
  return cutAtSecrets(text, secrets)
    .map(({ variable, text }) =>
      variable === undefined ? `'${text.replaceAll("'", "'\\''")}'` : `"$${variable}"`,
    )
    .join('');
}

type Piece = { readonly text: string; readonly variable?: string };

function cutAtSecrets(text: string, secrets: Secrets): readonly Piece[] {
  let pieces: readonly Piece[] = [{ text }];
  for (const [secret, variable] of secrets) {
    pieces = pieces.flatMap((piece): readonly Piece[] =>
      piece.variable === undefined
        ? piece.text
            .split(secret)
            .flatMap((part, index) => [...(index > 0 ? [{ text: secret, variable }] : []), { text: part }])
        : [piece],
    );
  }
  return pieces.length === 1 ? pieces : pieces.filter((piece) => piece.text !== '');
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
