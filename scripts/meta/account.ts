import { z } from 'zod';
import type { Call, Command } from '../command.ts';
import { refuseArgs } from '../subcommands/options.ts';
import { asRows, report } from '../subcommands/print.ts';
import { COMMON, COMMON_HELP, withMeta } from './open.ts';

const HELP = `Usage: npm run meta -- account [options]

The WhatsApp Business Account: its name, currency, time zone, review and verification, and whether it can send.

${COMMON_HELP}

Exit codes: 0 printed, 1 an error, 2 wrong call.
`;

const text = z.string().optional();
const entity = z.object({
  entity_type: z.string(),
  can_send_message: text,
  errors: z.array(z.object({ error_description: text, possible_solution: text })).default([]),
  additional_info: z.array(z.string()).default([]),
});
/** Graph API reference, "WhatsApp Business Account"; `health_status`: Meta, "Messaging health status". */
const accountBody = z.object({
  id: z.string(),
  name: text,
  currency: text,
  timezone_id: text,
  country: text,
  status: text,
  ownership_type: text,
  account_review_status: text,
  business_verification_status: text,
  message_template_namespace: text,
  health_status: z
    .object({ can_send_message: text, entities: z.array(entity).default([]) })
    .optional()
    .catch(undefined),
});

export const account: Command<typeof COMMON> = { name: 'meta', help: HELP, options: COMMON, run };

async function run({ values, args, print }: Call<typeof COMMON>): Promise<number> {
  refuseArgs(args);
  return withMeta(values, async ({ graph, account: find }) => {
    const fields = Object.keys(accountBody.shape);
    const found = await graph.fields(await find(), fields, accountBody);
    const health = found.health_status;
    report(values, print, found, [
      ...asRows([
        ['id', found.id],
        ['name', found.name],
        ['currency', found.currency],
        ['time zone', found.timezone_id && `${found.timezone_id} (Meta's number of a zone)`],
        ['country', found.country],
        ['status', found.status],
        ['ownership', found.ownership_type],
        ['review', found.account_review_status],
        ['verification', found.business_verification_status],
        ['templates', found.message_template_namespace],
        ['can send', health?.can_send_message],
      ]),
      ...(health?.entities ?? []).flatMap(({ entity_type, errors, additional_info }) => [
        ...errors.map(({ error_description = 'an error', possible_solution = '' }) =>
          `warning: ${entity_type}: ${error_description} ${possible_solution}`.trimEnd(),
        ),
        ...additional_info.map((info) => `warning: ${entity_type}: ${info}`),
      ]),
    ]);
    return 0;
  });
}
