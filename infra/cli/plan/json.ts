/** The plan as other programs read it. */
import * as z from 'zod';
import { CommandError } from '../../../scripts/command.ts';
import { monthlyCost, type Plan } from './make.ts';
import { roundToCents, workersOf } from './workers.ts';

const planned = z.object({
  stack: z.string(),
  resources: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      parent: z.string().nullable(),
      inputs: z.record(z.string(), z.unknown()),
    }),
  ),
  monthlyCostUsd: z.number(),
  missing: z.array(z.string()),
});
export type PlanJson = z.infer<typeof planned>;

/** The shape that other programs rely on. A parent is named by its type and name; the stack has none. */
export function asJson(plan: Plan): PlanJson {
  const names = new Map(plan.resources.map(({ urn, type, name }) => [urn, `${type}::${name}`]));
  return {
    stack: plan.stack,
    resources: plan.resources
      .filter(({ type }) => type !== 'pulumi:pulumi:Stack')
      .map(({ type, name, parent, inputs }) => ({
        type,
        name,
        parent: names.get(parent) ?? null,
        inputs: { ...inputs },
      })),
    monthlyCostUsd: monthlyCost(plan),
    missing: [...plan.missing],
  };
}

/** What is added for a given volume of messages: the items of the cost, and both workers. */
export function itemised(plan: Plan) {
  return {
    messages: plan.messages,
    cost: plan.cost.map(({ what, usd, how }) => ({ what, usd: roundToCents(usd), how })),
    workers: workersOf(plan) ?? null,
  };
}

/** A plan that `--json` printed earlier. Throws `CommandError` when the text is none. */
export function readPlanJson(text: string, from: string): PlanJson {
  try {
    return planned.parse(JSON.parse(text));
  } catch (cause) {
    throw new CommandError(`${from} is no plan: npm run plan -- <stack> --json prints one`, { cause });
  }
}
