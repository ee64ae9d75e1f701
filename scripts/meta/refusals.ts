/** Refusals of the Graph API as sentences that say what to do. */
import { z } from 'zod';
import { CommandError } from '../errors.ts';

const refusalBody = z.object({
  error: z.object({
    code: z.number(),
    message: z.string().default('no message'),
    error_subcode: z.number().optional().catch(undefined),
    error_data: z.object({ details: z.string() }).optional().catch(undefined),
  }),
});

const NEW_TOKEN =
  'Generate one for the system user in Meta Business settings, System users, with both WhatsApp permissions, and set META_ACCESS_TOKEN_FROM_SYS_USER to it.';
const PERMISSION =
  'The token needs whatsapp_business_management, and its system user needs the account among its assigned assets: npm run meta -- token';
const RATE =
  'Meta counts calls of an app to an account by the hour: 200, or 5,000 once a number is registered. Wait, then repeat the command.';
const LATER = 'This is a failure at Meta: repeat the command in some minutes. Repeating it does no harm.';
const CALLBACK =
  'Meta itself could not fetch the callback: it must be reachable from the internet over https with a trusted certificate, and repeat the challenge for META_WEBHOOK_VERIFY_TOKEN.';
const RESTRICTED = 'Meta restricts the account: WhatsApp Manager, Account quality, says why.';
const WRONG_ID =
  'The id is wrong, or the token may not see it. META_WABA_ID and META_BUSINESS_PHONE_NUMBER_ID are the ids in the Meta app dashboard under WhatsApp, API Setup.';
const PARAMETER = 'Meta does not take this value, or META_API_VERSION has no such field.';
const ADDRESS = 'Check META_API_URL and META_API_VERSION.';

/**
 * Codes of Meta's "Error codes" of the Cloud API, "Graph API, handling errors" and "Graph API, rate limits": 4, 17, 32 and
 * 613 count calls of the app, 80007 and 80008 those to the account.
 */
const ADVICE: ReadonlyMap<number, string> = new Map([
  ...each([0, 102, 190], NEW_TOKEN),
  ...each([3, 10, 131005, ...Array.from({ length: 100 }, (_, index) => 200 + index)], PERMISSION),
  ...each([4, 17, 32, 613, 80007, 80008, 130429], RATE),
  ...each([15], 'Is META_APP_SECRET the secret of this app?'),
  ...each([1, 2, 131000, 131016, 131057], LATER),
  ...each([33, 803], WRONG_ID),
  ...each([100, 131008, 131009], PARAMETER),
  ...each([368, 131031], RESTRICTED),
  [2200, CALLBACK],
  [2500, ADDRESS],
]);

/** With code 100: "does not exist, cannot be loaded due to missing permissions, or does not support this operation". */
const NO_SUCH_OBJECT = 33;

/** The Graph API refused a call. The message holds no secret. */
export class GraphRefusal extends CommandError {
  override readonly name = 'GraphRefusal';
  readonly code: number | undefined;
  /** A requested field that the object does not have in this version. */
  readonly unknownField: string | undefined;

  constructor(sentence: string, code?: number, unknownField?: string) {
    super(sentence);
    this.code = code;
    this.unknownField = unknownField;
  }
}

export interface FailedCall {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly body: unknown;
  /** Replaced in Meta's message, which may repeat a token. */
  readonly secrets: readonly string[];
}

/** Returns the error for an unsuccessful response. */
export function refusalOf({ status, retryAfterMs, body, secrets }: FailedCall): GraphRefusal {
  const error = refusalBody.safeParse(body).data?.error;
  if (error === undefined) {
    const advice = status >= 500 ? LATER : `Is a proxy in between? ${ADDRESS}`;
    return new GraphRefusal(`The response is not from the Graph API (HTTP ${status}). ${advice}`);
  }
  const { code, error_subcode, error_data } = error;
  const message = withoutSecrets(
    [error.message, error_data?.details].filter((text) => text !== undefined).join(': '),
    secrets,
  );
  const unknownField = /nonexisting field \((\w+)\)/.exec(message)?.[1];
  const wait = retryAfterMs === undefined ? '' : ` Meta asks for ${Math.ceil(retryAfterMs / 1000)} seconds.`;
  const advice =
    code === 100 && error_subcode === NO_SUCH_OBJECT ? WRONG_ID : (ADVICE.get(code) ?? byStatus(status));
  return new GraphRefusal(`Meta says ${code}: ${message}. ${advice}${wait}`, code, unknownField);
}

/** Returns the text with every secret replaced, and on one line. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const open = secrets.filter((secret) => secret !== '');
  return open
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[.\s]+$/, '');
}

function byStatus(status: number): string {
  if (status === 429) return RATE;
  if (status === 401) return NEW_TOKEN;
  if (status === 403) return PERMISSION;
  return status >= 500 ? LATER : 'Meta documents the code under "Error codes" of the Cloud API.';
}

function each(codes: readonly number[], advice: string): [number, string][] {
  return codes.map((code) => [code, advice]);
}
