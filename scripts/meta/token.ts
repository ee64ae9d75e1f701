import { systemClock as clock } from '../../app/clock.ts';
import type { Call, Command } from '../command.ts';
import { countOf, refuseArgs } from '../subcommands/options.ts';
import { asRows, report } from '../subcommands/print.ts';
import { accountsOf, missingPermissions, type TokenInfo } from './objects.ts';
import { COMMON, COMMON_HELP, withMeta } from './open.ts';

const HELP = `Usage: npm run meta -- token [options]

What Meta knows about the access token: its app, its type, when it expires, its permissions and the accounts that it was
granted. Warns when it expires, when a permission is missing, and when it was granted other accounts than META_WABA_ID.
The token itself is never printed.

  --days <n>           warn about a token that expires within so many days (14)
${COMMON_HELP}

Exit codes: 0 the token can be used, 1 there is a warning, or an error, 2 wrong call.
`;

const OPTIONS = { ...COMMON, days: { type: 'string', default: '14' } } as const;
const DAY_MS = 86_400_000;

export const token: Command<typeof OPTIONS> = { name: 'meta', help: HELP, options: OPTIONS, run };

async function run({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  refuseArgs(args);
  const days = countOf('days', values.days, 3650);
  return withMeta(values, async (meta) => {
    const info = await meta.token();
    const warnings = warningsOf(info, { days, now: clock.now(), account: await meta.settings.account() });
    const { app_id, application, type, user_id, is_valid, scopes, granular_scopes } = info;
    const issuedAt = timeOf(info.issued_at);
    const expiresAt = timeOf(info.expires_at);
    const dataAccessExpiresAt = timeOf(info.data_access_expires_at);
    const shown = {
      ...{ app: { id: app_id, name: application }, type, user: user_id, valid: is_valid },
      ...{ issuedAt, expiresAt, dataAccessExpiresAt, scopes, granularScopes: granular_scopes, warnings },
    };
    report(values, print, shown, [
      ...asRows([
        ['app', [app_id, application && `(${application})`].filter(Boolean).join(' ')],
        ['type', type],
        ['user', user_id],
        ['valid', is_valid ? 'yes' : 'no'],
        ['issued', issuedAt],
        ['expires', is_valid ? (expiresAt ?? 'never') : expiresAt],
        ['data access', dataAccessExpiresAt && `until ${dataAccessExpiresAt}`],
        ['permissions', scopes.join(', ')],
        ...granular_scopes.map(
          ({ scope, target_ids }) =>
            ['granted', target_ids?.length ? `${scope}: ${target_ids.join(', ')}` : scope] as const,
        ),
      ]),
      ...warnings.map((warning) => `warning: ${warning}`),
    ]);
    return warnings.length === 0 ? 0 : 1;
  });
}

interface Asked {
  /** 0: only what has ended already. */
  readonly days: number;
  readonly now: number;
  readonly account: string | undefined;
}

/** Returns a sentence that begins with "it" for each thing that is wrong with the token, or soon will be. */
export function warningsOf(info: TokenInfo, { days, now, account }: Asked): string[] {
  if (!info.is_valid) return [`it is not valid: ${info.error?.message ?? 'Meta does not say why'}`];
  const missing = missingPermissions(info);
  const granted = accountsOf(info);
  const left = (seconds: number) => Math.floor((seconds * 1000 - now) / DAY_MS);
  const isSoon = (seconds: number) => seconds > 0 && seconds * 1000 - now <= days * DAY_MS;
  return [
    ...(isSoon(info.expires_at)
      ? [`it expires in ${left(info.expires_at)} day(s): generate one of a system user that never expires`]
      : []),
    ...(isSoon(info.data_access_expires_at)
      ? [`its access to data ends in ${left(info.data_access_expires_at)} day(s): generate a new one`]
      : []),
    ...missing.map((permission) => `it lacks ${permission}: generate one with both WhatsApp permissions`),
    ...(account !== undefined && granted.length > 0 && !granted.includes(account)
      ? [`it was granted ${granted.join(', ')}, not the account ${account}: assign that to its system user`]
      : []),
  ];
}

/** Returns undefined for 0, which means never. */
function timeOf(seconds: number): string | undefined {
  return seconds === 0 ? undefined : new Date(seconds * 1000).toISOString();
}
