import { ConfigError } from '../../app/config.ts';
import type { Call, Command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { subscribedApps } from './apps.ts';
import { provenCallback, requireCallbackUrl } from './callback.ts';
import { appWebhook, FIELDS, missingFields, REQUIRED_FIELD, switchOn } from './fields.ts';
import { COMMON, COMMON_HELP, type Meta, withMeta } from './open.ts';

const HELP = `Usage: npm run meta -- subscribe [--fields [--url <https url>]] [options]

Subscribes the app of the access token to the WhatsApp Business Account, so that its webhooks are delivered, and says which
webhook fields are switched on in the app. An app that is subscribed already keeps its override.

  --fields             switch on the fields that this service reads, with the app's access token (META_APP_SECRET):
                       ${Object.keys(FIELDS).join(', ')}. This is a setting of the app, for all of its accounts
  --url <https url>    with --fields: the callback of the app; default: the one that it has
  --force              with --fields: do not ask the callback for Meta's challenge before
${COMMON_HELP}

Exit codes: 0 subscribed, 1 the field "${REQUIRED_FIELD}" is off, or an error, 2 wrong call.
`;

const OPTIONS = {
  ...COMMON,
  fields: { type: 'boolean', default: false },
  url: { type: 'string' },
  force: { type: 'boolean', default: false },
} as const;

const DASHBOARD = 'the Meta app dashboard, WhatsApp, Configuration, Webhook fields';

export const subscribe: Command<typeof OPTIONS> = { name: 'meta', help: HELP, options: OPTIONS, run };

async function run({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  refuseArgs(args);
  const { fields, url, force } = values;
  if (!fields && (url !== undefined || force))
    throw new UsageError('--url and --force belong to --fields: to set a callback, npm run meta -- override');
  if (url !== undefined) requireCallbackUrl(url);
  return withMeta(values, async (meta) => {
    const [account, app] = await Promise.all([meta.account(), meta.app()]);
    const { items } = await subscribedApps(meta.graph, account);
    const isNew = items.every(({ id }) => id !== app);
    const change = fields ? await preparedChange(meta, app, { url, force }) : undefined;
    // A call without an override would remove an earlier one (Meta, "Webhook overrides").
    if (isNew) await meta.graph.post(`${account}/subscribed_apps`);
    await change?.();
    const state = await readFields(meta, app);
    report(values, print, { account, app, subscribed: true, new: isNew, ...state }, [
      isNew
        ? `The app ${app} is subscribed to the account ${account}.`
        : `The app ${app} was subscribed to the account ${account} already.`,
      ...linesOf(state),
    ]);
    return state.missing?.includes(REQUIRED_FIELD) ? 1 : 0;
  });
}

interface FieldState {
  readonly callback?: string | undefined;
  /** Absent when they could not be read. */
  readonly on?: readonly string[];
  readonly missing?: readonly string[];
  readonly problem?: string;
}

/** The subscription is done when this runs: that the fields cannot be read is told, and fails nothing. */
async function readFields(meta: Meta, app: string): Promise<FieldState> {
  try {
    const webhook = await appWebhook(await meta.appGraph(app), app);
    return { callback: webhook?.callback_url, on: webhook?.fields ?? [], missing: missingFields(webhook) };
  } catch (error) {
    if (error instanceof CommandError || error instanceof ConfigError) return { problem: error.message };
    throw error;
  }
}

/** Checks what can fail before anything is changed. Resolves to the change. */
async function preparedChange(
  meta: Meta,
  app: string,
  { url, force }: { readonly url: string | undefined; readonly force: boolean },
): Promise<() => Promise<void>> {
  const graph = await meta.appGraph(app);
  const webhook = await appWebhook(graph, app);
  const address = url ?? webhook?.callback_url;
  if (address === undefined)
    throw new CommandError(`Nothing was changed: the app ${app} has no callback yet: name one with --url.`);
  const callback = await provenCallback(meta.settings, address, { force });
  return () => switchOn(graph, app, webhook, callback);
}

function linesOf({ callback, on, missing, problem }: FieldState): string[] {
  if (on === undefined || missing === undefined) {
    const wanted = Object.keys(FIELDS).join(', ');
    return [
      `Which webhook fields are on could not be read with META_APP_SECRET: ${problem ?? ''}`,
      `Switch on ${wanted} in ${DASHBOARD}.`,
    ];
  }
  return [
    `Callback of the app: ${callback ?? 'none'}`,
    `Webhook fields on: ${on.join(', ') || 'none'}`,
    ...missing.map((field) => `Webhook field off: ${field} (${FIELDS[field]})`),
    ...(missing.length === 0
      ? []
      : [`npm run meta -- subscribe --fields, or ${DASHBOARD}, switches them on.`]),
  ];
}
