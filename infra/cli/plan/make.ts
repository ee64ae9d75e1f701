/** A plan: everything that a stack would create, recorded from the program itself. */

import { DEFAULT_REGION, isSharedStack, SHARED_STACK } from '../../names.ts';
import { costOf } from './cost.ts';
import type { CostLine } from './cost-line.ts';
import type { RecordedResource } from './engine.ts';
import { record } from './record.ts';
import { ROOT } from './root.ts';
import { PLACEHOLDER_BUNDLE, readConfiguration } from './stack-file.ts';
import { DEFAULT_MESSAGES } from './traffic.ts';
import { isRecord, type Value, type Values } from './values.ts';
import { totalOf } from './worker-cost.ts';
import { roundToCents } from './workers.ts';

export interface Plan {
  readonly stack: string;
  readonly region: string;
  /** In the order of the tree: each after its parent, siblings by name. */
  readonly resources: readonly RecordedResource[];
  readonly outputs: Values;
  /** Answered messages of a month, for which the cost is. */
  readonly messages: number;
  readonly cost: readonly CostLine[];
  /** Required variables without a value: planned with placeholders. */
  readonly missing: readonly string[];
}

/** Resolves to the plan of a stack. Throws `ProgramFailed` with the program's own message about its configuration. */
export async function makePlan(
  stack: string,
  overrides: Readonly<Record<string, string>> = {},
  messages: number = DEFAULT_MESSAGES,
): Promise<Plan> {
  const { config, encrypted, missing } = readConfiguration(stack, overrides);
  const references = isSharedStack(stack) ? {} : await sharedOutputs(config);
  const recording = await record({ stack, config, encrypted, references });
  const resources = inTree(recording.resources).map((resource) => ({
    ...resource,
    inputs: readable(resource.inputs),
  }));
  const region = config['aws:region'] ?? DEFAULT_REGION;
  const cost = costOf(resources, messages);
  return { stack, region, resources, outputs: recording.outputs, messages, cost, missing };
}

const recorded = new Map<string, Promise<Values>>();

/** What an environment finds in the shared stack that it names, as the repository configures that; recorded once. */
async function sharedOutputs(config: Readonly<Record<string, string>>): Promise<Record<string, Values>> {
  const stack = config['ansari-whatsapp:sharedStack'] ?? SHARED_STACK;
  // The program says what is wrong with the name.
  if (!isSharedStack(stack)) return {};
  const outputs =
    recorded.get(stack) ??
    record({ stack, ...readConfiguration(stack) }).then((recording) => recording.outputs);
  recorded.set(stack, outputs);
  return { [stack]: await outputs };
}

/** What a month costs in US dollars, to the cent. */
export function monthlyCost(plan: Plan): number {
  return roundToCents(totalOf(plan.cost));
}

/** The parts of a stack in the order of the page. Parts that are not named here come last, by name. */
const ORDER = [
  'registry',
  'service-roles',
  'tables',
  'queue',
  'hand-offs',
  'parameters',
  'image',
  'web',
  'worker',
  'alarms',
  'operators',
];

function inTree(resources: readonly RecordedResource[]): RecordedResource[] {
  const byParent = Map.groupBy(resources, ({ parent }) => parent);
  const stack = resources.find(({ type }) => type === 'pulumi:pulumi:Stack')?.urn;
  const place = ({ name, parent, type }: RecordedResource) => {
    const index = parent === stack ? ORDER.indexOf(name) : -1;
    return `${String(index < 0 ? ORDER.length : index).padStart(3, '0')} ${name} ${type}`;
  };
  const below = (urn: string): RecordedResource[] =>
    (byParent.get(urn) ?? [])
      .toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
      .flatMap((resource) => [resource, ...below(resource.urn)]);
  return below('');
}

const POLICY = /^(policy|assumeRolePolicy|redrivePolicy|filterPolicy|dashboardBody)$/;

/** Policies parsed, and paths as they are in the repository. */
function readable(inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, POLICY.test(key) ? parsed(value) : local(value)]),
  );
}

function parsed(value: Value): Value {
  return typeof value === 'string' ? JSON.parse(value) : value;
}

function local(value: Value): Value {
  if (typeof value === 'string')
    return value
      .replaceAll(PLACEHOLDER_BUNDLE, 'dist/worker')
      .replaceAll(`${ROOT}/`, '')
      .replaceAll(ROOT, '.');
  if (Array.isArray(value)) return value.map(local);
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, local(inner)]))
    : value;
}
