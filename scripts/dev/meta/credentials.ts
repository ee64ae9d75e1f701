/** Whether the real number can be used from this machine, before anything is changed at Meta. */
import { z } from 'zod';
import { systemClock as clock } from '../../../app/clock.ts';
import { ENVIRONMENT } from '../../../app/config/variables.ts';
import { ConfigError, readVariables } from '../../../app/config.ts';
import { CommandError } from '../../errors.ts';
import { subscribedApps } from '../../meta/apps.ts';
import { appWebhook, REQUIRED_FIELD } from '../../meta/fields.ts';
import { callbacksOf } from '../../meta/number-callback.ts';
import { missingPermissions } from '../../meta/objects.ts';
import type { Meta } from '../../meta/open.ts';
import { GraphRefusal } from '../../meta/refusals.ts';
import { warningsOf } from '../../meta/token.ts';
import type { Source } from '../../subcommands/source.ts';

/** What the app and `npm run meta` need of the real number. */
const NEEDED = ENVIRONMENT.pick({
  ...{ DEPLOYMENT_TYPE: true, META_API_URL: true, META_API_VERSION: true },
  ...{ META_ACCESS_TOKEN_FROM_SYS_USER: true, META_BUSINESS_PHONE_NUMBER_ID: true },
  ...{ META_APP_SECRET: true, META_WEBHOOK_VERIFY_TOKEN: true },
}).required();

/** Codes of a wrong app secret: 1 and 101 of the app, 190 of the token that is made of it (Graph API, "Handling errors"). */
const WRONG_SECRET = [1, 15, 101, 190];
const WARN_DAYS = 14;

export interface RealNumber {
  readonly id: string;
  readonly apiUrl: string;
  /** The phone number that people write to; the id when Meta does not say it. */
  readonly display: string;
  /** The callback of the number; empty when it has none. */
  readonly callback: string;
  readonly warnings: readonly string[];
}

/** Throws `CommandError` with every variable that is missing or wrong, and where Meta shows its value. */
export async function requireVariables(source: Source): Promise<void> {
  try {
    readVariables(await source.read(NEEDED.shape, 'env'), NEEDED);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CommandError(`${error.message}\nThe environment sets them, or the file .env.`, {
      cause: error,
    });
  }
}

/** Resolves to the number. Throws `CommandError` with everything that Meta says against token, number, app and secret. */
export async function checkNumber(meta: Meta): Promise<RealNumber> {
  const found = await Promise.allSettled([tokenWarnings(meta), readNumber(meta), requireDeliveries(meta)]);
  const problems = found.flatMap(({ status, ...rest }) =>
    status === 'rejected' && 'reason' in rest ? [problemOf(rest.reason)] : [],
  );
  // A refused token makes every call fail, with the same sentence.
  if (problems.length > 0) throw new CommandError([...new Set(problems)].join('\n'));
  const [warnings, number] = found;
  if (warnings.status === 'rejected' || number.status === 'rejected') throw new Error('checked above');
  return { ...number.value, warnings: warnings.value };
}

function problemOf(reason: unknown): string {
  if (reason instanceof CommandError) return reason.message;
  throw reason;
}

/** Resolves to what will be wrong with the token soon. */
async function tokenWarnings(meta: Meta): Promise<readonly string[]> {
  const info = await meta.token();
  const asked = { now: clock.now(), account: await meta.settings.account() };
  const wrong = warningsOf(info, { ...asked, days: 0 });
  const sentence = (warning: string) => `The access token: ${warning}`;
  if (wrong.length > 0 || missingPermissions(info).length > 0)
    throw new CommandError(
      [...wrong.map(sentence), 'META_ACCESS_TOKEN_FROM_SYS_USER: npm run meta -- token shows more.'].join(
        '\n',
      ),
    );
  return warningsOf(info, { ...asked, days: WARN_DAYS }).map(sentence);
}

const numberBody = z.object({ display_phone_number: z.string().optional() });

async function readNumber(meta: Meta): Promise<Omit<RealNumber, 'warnings'>> {
  const [id, { apiUrl }] = await Promise.all([meta.settings.number(), meta.settings.graph()]);
  const { display_phone_number: display = `the number with the id ${id}` } = await meta.graph.fields(
    id,
    ['display_phone_number'],
    numberBody,
  );
  const { phone_number: callback = '' } = await callbacksOf(meta);
  return { id, apiUrl, display, callback };
}

/** Throws `CommandError` unless the app gets the messages of the account, and META_APP_SECRET is that of the app. */
async function requireDeliveries(meta: Meta): Promise<void> {
  const [account, app] = await Promise.all([meta.account(), meta.app()]);
  const { items } = await subscribedApps(meta.graph, account);
  const webhook = await appWebhook(await meta.appGraph(app), app).catch((error: unknown) => {
    if (!(error instanceof GraphRefusal && WRONG_SECRET.includes(error.code ?? 0))) throw error;
    throw new CommandError(
      `META_APP_SECRET is not the secret of the app ${app}, which the access token is of: Meta says ${error.code}. Set it to the app secret shown in the Meta app dashboard under App settings, Basic.`,
      { cause: error },
    );
  });
  if (items.every(({ id }) => id !== app))
    throw new CommandError(
      `The app ${app} is not subscribed to the account ${account}, so nothing is delivered. First: npm run meta -- subscribe`,
    );
  if (!webhook?.fields.includes(REQUIRED_FIELD))
    throw new CommandError(
      `The webhook field "${REQUIRED_FIELD}" of the app ${app} is off, so nothing is delivered. npm run meta -- subscribe says how to switch it on.`,
    );
}
