import { z } from 'zod';
import type { Call, Command } from '../command.ts';
import { refuseArgs } from '../subcommands/options.ts';
import { asRows, report } from '../subcommands/print.ts';
import type { Graph, Listed } from './graph.ts';
import { effectiveCallback, webhookConfiguration } from './objects.ts';
import { COMMON, COMMON_HELP, withMeta } from './open.ts';

const HELP = `Usage: npm run meta -- numbers [options]

The phone numbers of the WhatsApp Business Account: number, name, quality, messaging limit, throughput, status, and where
their deliveries go. The messaging limit is that of the business portfolio, which its numbers share.

${COMMON_HELP}

Exit codes: 0 printed, 1 an error, 2 wrong call.
`;

const text = z.string().optional();
/** Graph API reference, "WhatsApp Business Phone Number". `messaging_limit_tier` is deprecated (Meta, "Messaging limits"). */
const numberBody = z.object({
  id: z.string(),
  display_phone_number: text,
  verified_name: text,
  name_status: text,
  quality_rating: text,
  whatsapp_business_manager_messaging_limit: text,
  throughput: z.object({ level: text }).optional().catch(undefined),
  status: text,
  code_verification_status: text,
  account_mode: text,
  platform_type: text,
  webhook_configuration: webhookConfiguration,
});
type PhoneNumber = z.infer<typeof numberBody>;

export const numbers: Command<typeof COMMON> = { name: 'meta', help: HELP, options: COMMON, run };

/** Resolves to the phone numbers of an account. */
export function numbersOf(graph: Graph, account: string): Promise<Listed<PhoneNumber>> {
  return graph.list(`${account}/phone_numbers`, numberBody, Object.keys(numberBody.shape));
}

async function run({ values, args, print }: Call<typeof COMMON>): Promise<number> {
  refuseArgs(args);
  return withMeta(values, async (meta) => {
    const account = await meta.account();
    const { items, hasMore } = await numbersOf(meta.graph, account);
    report(values, print, { account, numbers: items, hasMore }, [
      ...(items.length === 0 ? [`The account ${account} has no phone number.`] : []),
      ...items.flatMap((number, index) => [...(index > 0 ? [''] : []), ...linesOf(number)]),
      ...(hasMore ? ['', `There are more than ${items.length}.`] : []),
    ]);
    return 0;
  });
}

function linesOf(number: PhoneNumber): string[] {
  const callback = effectiveCallback(number.webhook_configuration);
  return asRows([
    ['id', number.id],
    ['number', number.display_phone_number],
    ['name', both(number.verified_name, number.name_status)],
    ['quality', number.quality_rating],
    ['limit', number.whatsapp_business_manager_messaging_limit],
    ['throughput', number.throughput?.level],
    ['status', both(number.status, number.code_verification_status)],
    ['mode', both(number.account_mode, number.platform_type)],
    ['webhook', callback === undefined ? 'none' : `${callback.url} (${LEVELS[callback.level]})`],
  ]);
}

const LEVELS = {
  phone_number: 'of the number',
  whatsapp_business_account: 'of the account',
  application: 'of the app',
};

function both(first: string | undefined, second: string | undefined): string | undefined {
  return second === undefined ? first : `${first ?? 'unknown'} (${second})`;
}
