import type { Call, Command } from '../command.ts';
import { refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import { subscribedApps } from './apps.ts';
import { COMMON, COMMON_HELP, withMeta } from './open.ts';

const HELP = `Usage: npm run meta -- unsubscribe [options]

Ends the subscription of the access token's app to the WhatsApp Business Account. From then on no message of any of its
numbers is delivered to this app, also with an override, until npm run meta -- subscribe. Other apps are not affected.

${COMMON_HELP}

Exit codes: 0 the app is not subscribed, 1 an error, 2 wrong call.
`;

export const unsubscribe: Command<typeof COMMON> = { name: 'meta', help: HELP, options: COMMON, run };

async function run({ values, args, print }: Call<typeof COMMON>): Promise<number> {
  refuseArgs(args);
  return withMeta(values, async (meta) => {
    const [account, app] = await Promise.all([meta.account(), meta.app()]);
    const { items } = await subscribedApps(meta.graph, account);
    const was = items.some(({ id }) => id === app);
    if (was) await meta.graph.remove(`${account}/subscribed_apps`);
    report(values, print, { account, app, subscribed: false, was }, [
      was
        ? `The app ${app} is no longer subscribed to the account ${account}: nothing is delivered to it.`
        : `The app ${app} was not subscribed to the account ${account}.`,
    ]);
    return 0;
  });
}
