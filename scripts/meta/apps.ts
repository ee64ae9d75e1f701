import { z } from 'zod';
import type { Call, Command } from '../command.ts';
import { refuseArgs } from '../subcommands/options.ts';
import { report } from '../subcommands/print.ts';
import type { Graph, Listed } from './graph.ts';
import { COMMON, COMMON_HELP, withMeta } from './open.ts';

const HELP = `Usage: npm run meta -- apps [options]

The apps that are subscribed to the WhatsApp Business Account, and the callback that each one set for the account instead
of its own. Without a subscribed app nothing is delivered: npm run meta -- subscribe

${COMMON_HELP}

Exit codes: 0 printed, 1 no app is subscribed, or an error, 2 wrong call.
`;

/** Meta, "Managing webhooks" and "Webhook overrides". */
const appBody = z.object({
  whatsapp_business_api_data: z.object({ id: z.string(), name: z.string().optional() }),
  override_callback_uri: z.string().optional(),
});

export interface SubscribedApp {
  readonly id: string;
  readonly name: string | undefined;
  /** Its callback for the account; undefined when its own is used. */
  readonly override: string | undefined;
}

export const apps: Command<typeof COMMON> = { name: 'meta', help: HELP, options: COMMON, run };

/** Resolves to the apps that are subscribed to an account. */
export async function subscribedApps(graph: Graph, account: string): Promise<Listed<SubscribedApp>> {
  const { items, hasMore } = await graph.list(`${account}/subscribed_apps`, appBody);
  return {
    items: items.map(({ whatsapp_business_api_data: { id, name }, override_callback_uri }) => ({
      ...{ id, name, override: override_callback_uri || undefined },
    })),
    hasMore,
  };
}

async function run({ values, args, print }: Call<typeof COMMON>): Promise<number> {
  refuseArgs(args);
  return withMeta(values, async (meta) => {
    const account = await meta.account();
    const { items, hasMore } = await subscribedApps(meta.graph, account);
    report(values, print, { account, apps: items, hasMore }, [
      ...(items.length === 0
        ? [`No app is subscribed to the account ${account}: nothing is delivered. npm run meta -- subscribe`]
        : []),
      ...items.map(
        ({ id, name = 'without a name', override }) =>
          `${id}  ${name}  ${override === undefined ? 'callback of the app' : `override ${override}`}`,
      ),
      ...(hasMore ? [`There are more than ${items.length}.`] : []),
    ]);
    return items.length === 0 ? 1 : 0;
  });
}
