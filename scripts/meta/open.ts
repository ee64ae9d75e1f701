/** What every subcommand starts with: its variables, the Graph API, and which account it is about. */
import { z } from 'zod';
import { ConfigError } from '../../app/config.ts';
import { CommandError } from '../errors.ts';
import { COMMON as SHARED } from '../subcommands/options.ts';
import type { Source } from '../subcommands/source.ts';
import { type Graph, graphOf } from './graph.ts';
import { accountsOf, type TokenInfo, tokenBody } from './objects.ts';
import { withoutSecrets } from './refusals.ts';
import { type MetaSettings, type MetaValues, metaSettings } from './settings.ts';

export const COMMON = {
  ...SHARED,
  waba: { type: 'string' },
  number: { type: 'string' },
  'token-file': { type: 'string' },
} as const;

/** Ends the help of every subcommand. */
export const COMMON_HELP = `  --waba <id>          the WhatsApp Business Account, instead of META_WABA_ID; without both Meta is asked for it
  --number <id>        the phone number id, instead of META_BUSINESS_PHONE_NUMBER_ID
  --token-file <file>  a file with the access token, or "-" for standard input, instead of META_ACCESS_TOKEN_FROM_SYS_USER:
                       for the numbers of BUSINESSES=mongodb
  --json               print one JSON object instead of lines
  --stack <stack>      staging or production: its SSM parameters, read with your own AWS credentials, instead of the
                       environment or .env
  --help               this text`;

export interface Meta {
  readonly settings: MetaSettings;
  readonly graph: Graph;
  /** As `graph`, with the access token of the app: of its id and its secret (Graph API, "Access tokens"). */
  appGraph(appId: string): Promise<Graph>;
  /** Resolves to what Meta says about the token. Asks once. */
  token(): Promise<TokenInfo>;
  /** Resolves to the id of the token's app. Throws `CommandError` for a token without one. */
  app(): Promise<string>;
  /** Resolves to the account: the configured one, else the one of the token or of the number. Asks once. */
  account(): Promise<string>;
}

/** Calls `use`. Throws `CommandError` for errors that the operator can act on. */
export async function withMeta<T>(
  values: MetaValues,
  use: (meta: Meta) => Promise<T>,
  from?: Source,
): Promise<T> {
  try {
    const settings = await metaSettings(values, from);
    const [{ url }, token] = await Promise.all([settings.graph(), settings.token()]);
    return await use(metaOf(settings, url, token));
  } catch (error) {
    throw error instanceof ConfigError ? new CommandError(error.message, { cause: error }) : error;
  }
}

function metaOf(settings: MetaSettings, url: string, accessToken: string): Meta {
  const graph = graphOf({ url, token: accessToken });
  const token = once(async () => {
    const { data } = await graph.get('debug_token', tokenBody, { input_token: accessToken });
    const { error } = data;
    return error ? { ...data, error: { message: withoutSecrets(error.message, [accessToken]) } } : data;
  });
  return {
    settings,
    graph,
    token,
    async appGraph(appId) {
      const secret = await settings.appSecret();
      return graphOf({ url, token: `${appId}|${secret}`, secrets: [secret, accessToken] });
    },
    async app() {
      const { app_id, is_valid, error } = await token();
      if (app_id !== undefined) return app_id;
      const why = is_valid ? 'Meta does not say which app it is of' : (error?.message ?? 'it is not valid');
      throw new CommandError(`The access token cannot be used: ${why}. See npm run meta -- token`);
    },
    account: once(async () => (await settings.account()) ?? (await findAccount(settings, graph, token))),
  };
}

/** A number has no field with its account, but its health names it (Meta, "Messaging health status"). */
const healthBody = z.object({
  health_status: z
    .object({ entities: z.array(z.object({ entity_type: z.string(), id: z.string() })).default([]) })
    .optional(),
});

async function findAccount(
  settings: MetaSettings,
  graph: Graph,
  token: () => Promise<TokenInfo>,
): Promise<string> {
  const [granted, ...others] = accountsOf(await token());
  if (granted !== undefined && others.length === 0) return granted;
  const { health_status } = await graph.fields(await settings.number(), ['health_status'], healthBody);
  const own = health_status?.entities.find(({ entity_type }) => entity_type === 'WABA')?.id;
  if (own !== undefined) return own;
  const choice = granted === undefined ? '' : ` The token may use ${[granted, ...others].join(', ')}.`;
  throw new CommandError(
    `Meta does not say which WhatsApp Business Account this is: set META_WABA_ID, or name it with --waba. It is in the Meta app dashboard under WhatsApp, API Setup, and in Business settings under Accounts, WhatsApp accounts.${choice}`,
  );
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
