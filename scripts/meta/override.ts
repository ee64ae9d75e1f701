import type { Call, Command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { asRows, report } from '../subcommands/print.ts';
import { subscribedApps } from './apps.ts';
import { type Callback, provenCallback, requireCallbackUrl } from './callback.ts';
import { callbacksOf, requestOf, setNumberCallback } from './number-callback.ts';
import { CALLBACK_ORDER, effectiveCallback } from './objects.ts';
import { COMMON, COMMON_HELP, type Meta, withMeta } from './open.ts';

const HELP = `Usage: npm run meta -- override show|set <https url>|clear [--account] [options]

Where deliveries go. Meta looks for a callback of the number, then of the WhatsApp Business Account, then of the app; the
first one gets the delivery. Only messages and what belongs to them follow an override: webhooks about templates and
accounts go to the callback of the app. The app must be subscribed to the account: npm run meta -- subscribe

  show               the callbacks of the number, the account and the app, and which one applies
  set <https url>    set the callback of the number, such as https://whatsapp.example.org/whatsapp/v2, at most 200 characters,
                     with META_WEBHOOK_VERIFY_TOKEN; nothing is changed unless the address passes Meta's challenge
  clear              remove it

  --account            set or clear the callback of the account, for all of its numbers without one of their own
  --force              set an address that does not pass the challenge from this machine
${COMMON_HELP}

Exit codes: 0 done, 1 an error, or Meta does not report what was set, 2 wrong call.
`;

const OPTIONS = {
  ...COMMON,
  account: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
} as const;

export const override: Command<typeof OPTIONS> = { name: 'meta', help: HELP, options: OPTIONS, run };

type Action = { readonly word: 'show' | 'clear' } | { readonly word: 'set'; readonly url: string };

async function run({ values, args, print }: Call<typeof OPTIONS>): Promise<number> {
  const action = actionOf(args);
  if (values.force && action.word !== 'set') throw new UsageError('--force belongs to set.');
  if (action.word === 'set') requireCallbackUrl(action.url);
  return withMeta(values, async (meta) => {
    const level = values.account ? 'whatsapp_business_account' : 'phone_number';
    if (action.word !== 'show') {
      const callback =
        action.word === 'set'
          ? await provenCallback(meta.settings, action.url, { force: values.force })
          : undefined;
      await (values.account ? changeAccount(meta, callback) : setNumberCallback(meta, callback));
    }
    const set = await callbacksOf(meta);
    const applies = effectiveCallback(set);
    const wanted = action.word === 'set' ? action.url : '';
    const isDone = action.word === 'show' || (set[level] ?? '') === wanted;
    report(values, print, { ...set, applies: applies?.level, done: isDone }, [
      ...asRows(
        CALLBACK_ORDER.map((name) => [
          NAMES[name],
          `${set[name] || 'none'}${applies?.level === name ? '  (deliveries go here)' : ''}`,
        ]),
      ),
      ...(applies === undefined ? ['No callback is set: nothing is delivered.'] : []),
      ...(isDone ? [] : [`Meta accepted the change, but does not report it: npm run meta -- override show`]),
    ]);
    return isDone ? 0 : 1;
  });
}

const NAMES = { phone_number: 'number', whatsapp_business_account: 'account', application: 'app' };

function actionOf([, word, url, ...more]: readonly string[]): Action {
  if (word === 'set' && url !== undefined && more.length === 0) return { word, url };
  if ((word === 'show' || word === 'clear') && url === undefined) return { word };
  throw new UsageError('Name what to do: show, set <https url> or clear.');
}

/** The call that sets the callback subscribes the app too, and without an address it removes the callback. */
async function changeAccount(meta: Meta, callback: Callback | undefined): Promise<void> {
  const [account, app] = await Promise.all([meta.account(), meta.app()]);
  const { items } = await subscribedApps(meta.graph, account);
  if (items.every(({ id }) => id !== app))
    throw new CommandError(
      `Nothing was changed: the app ${app} is not subscribed to the account ${account}. First: npm run meta -- subscribe`,
    );
  await meta.graph.post(`${account}/subscribed_apps`, callback && requestOf(callback));
}
