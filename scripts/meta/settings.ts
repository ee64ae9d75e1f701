/** The variables of the command: of the environment and `.env`, or of a stack. */
import { ENVIRONMENT } from '../../app/config/variables.ts';
import { readVariables } from '../../app/config.ts';
import { UsageError } from '../errors.ts';
import { readSecret } from '../subcommands/secret-input.ts';
import type { Source } from '../subcommands/source.ts';
import { sourceOf } from '../subcommands/source-of.ts';

const picked = { DEPLOYMENT_TYPE: true } as const;
const GRAPH = ENVIRONMENT.pick({ META_API_URL: true, META_API_VERSION: true });
const TOKEN = ENVIRONMENT.pick({ ...picked, META_ACCESS_TOKEN_FROM_SYS_USER: true }).required();
const NUMBER = ENVIRONMENT.pick({ ...picked, META_BUSINESS_PHONE_NUMBER_ID: true }).required();
const VERIFY = ENVIRONMENT.pick({ ...picked, META_WEBHOOK_VERIFY_TOKEN: true }).required();
const SECRET = ENVIRONMENT.pick({ ...picked, META_APP_SECRET: true }).required();
const ACCOUNT = ENVIRONMENT.pick({ META_WABA_ID: true });

export interface MetaValues {
  readonly stack?: string | undefined;
  readonly waba?: string | undefined;
  readonly number?: string | undefined;
  readonly 'token-file'?: string | undefined;
}

export interface MetaSettings {
  /** Each resolves to the value, and throws `ConfigError`, `CommandError` for a missing parameter, or an error of AWS. */
  graph(): Promise<{ readonly apiUrl: string; readonly url: string }>;
  token(): Promise<string>;
  number(): Promise<string>;
  verifyToken(): Promise<string>;
  /** The current one, while two are set. */
  appSecret(): Promise<string>;
  /** Undefined when none is set. A stack has no parameter for it. */
  account(): Promise<string | undefined>;
}

/** Throws `UsageError` for a wrong option. Reads no value yet. `from`: default, the environment and `.env`, or the stack. */
export async function metaSettings(values: MetaValues, from?: Source): Promise<MetaSettings> {
  requireDigits('--waba', values.waba);
  requireDigits('--number', values.number);
  const { stack, waba, number, 'token-file': tokenFile } = values;
  const source = from ?? (await sourceOf(values));
  return {
    async graph() {
      const { META_API_URL: apiUrl, META_API_VERSION } = readVariables(
        await source.read(GRAPH.shape, 'env'),
        GRAPH,
      );
      return { apiUrl, url: `${apiUrl}/${META_API_VERSION}` };
    },
    async token() {
      if (tokenFile !== undefined) return readSecret('access token', tokenFile);
      return readVariables(await source.read(TOKEN.shape, 'env'), TOKEN).META_ACCESS_TOKEN_FROM_SYS_USER;
    },
    number: async () =>
      number ?? readVariables(await source.read(NUMBER.shape, 'env'), NUMBER).META_BUSINESS_PHONE_NUMBER_ID,
    verifyToken: async () =>
      readVariables(await source.read(VERIFY.shape, 'env'), VERIFY).META_WEBHOOK_VERIFY_TOKEN,
    async appSecret() {
      const [current = ''] = readVariables(await source.read(SECRET.shape, 'env'), SECRET).META_APP_SECRET;
      return current;
    },
    async account() {
      if (waba !== undefined || stack !== undefined) return waba;
      return readVariables(await source.read(ACCOUNT.shape, 'env'), ACCOUNT).META_WABA_ID;
    },
  };
}

function requireDigits(option: string, value: string | undefined): void {
  // The value is not repeated: a phone number or a token may stand there.
  if (value !== undefined && !/^\d{1,32}$/.test(value))
    throw new UsageError(`${option} is an id of Meta in digits only.`);
}
