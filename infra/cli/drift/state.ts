/** The state of a stack as it is stored, and a copy of it that holds no secret. */

import * as z from 'zod';
import { parseJson } from '../../../app/json.ts';
import { CommandError } from '../../../scripts/command.ts';
import { isRecord, isSecret } from '../plan/values.ts';
import { mustPulumi } from '../release/pulumi.ts';

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  custom: z.boolean().default(false),
  parent: z.string().optional(),
  provider: z.string().optional(),
  deletedWith: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
  dependencies: z.array(z.string()).default([]),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).default({}),
});
type StoredResource = z.infer<typeof resource>;

const stored = z.looseObject({
  version: z.number(),
  deployment: z.looseObject({
    resources: z.array(resource).nullable().default([]),
    pending_operations: z.array(z.unknown()).nullable().default([]),
  }),
});
export type StoredState = z.infer<typeof stored>;

export const PARAMETER = 'aws:ssm/parameter:Parameter';
/** Outputs of another stack. A change there is not drift of this stack. */
const STACK_REFERENCE = 'pulumi:pulumi:StackReference';

/**
 * Resolves to the state with its secrets encrypted: `pulumi stack export` decrypts none, so it needs no key. Throws
 * `CommandError` during an update, when every comparison would find differences.
 */
export async function exportState(stack: string): Promise<StoredState> {
  const text = await mustPulumi('stack', 'export', '--stack', stack);
  const { data, error } = stored.safeParse(parseJson(text));
  if (data === undefined) throw new CommandError(`The state of ${stack} cannot be read: ${error.message}`);
  if ((data.deployment.pending_operations ?? []).length > 0) {
    throw new CommandError(
      `An update of ${stack} is under way, or was cut off (docs/runbook.md, "Pulumi was killed").`,
    );
  }
  return data;
}

/**
 * A copy of the state that can be refreshed without the key of its secrets, by a role that reads no secret. Parameters
 * are left out, since the provider reads them with their values (`ssm:GetParameter` with decryption), and so is
 * everything else that holds a secret; `notCompared` names the latter. Components lose their properties: they are not
 * refreshed.
 */
export function withoutSecrets(state: StoredState): {
  readonly copy: StoredState;
  readonly notCompared: readonly string[];
} {
  const omitted = new Set<string>();
  const notCompared: string[] = [];
  const included: StoredResource[] = [];
  // A state lists what others refer to first.
  for (const one of state.deployment.resources ?? []) {
    const expected = one.type === PARAMETER || one.type === STACK_REFERENCE;
    const dependsOnOmitted = [one.parent, providerOf(one)].some(
      (urn) => urn !== undefined && omitted.has(urn),
    );
    const secret = one.custom && holdsSecret([one.inputs, one.outputs]);
    if (!expected && !dependsOnOmitted && !secret)
      included.push(one.custom ? one : { ...one, inputs: {}, outputs: {} });
    else {
      omitted.add(one.urn);
      if (!expected) notCompared.push(one.urn);
    }
  }
  const { secrets_providers: _, ...deployment } = state.deployment;
  const resources = included.map((one) => withoutReferences(one, omitted));
  return { copy: { ...state, deployment: { ...deployment, resources } }, notCompared };
}

/** The URN in `urn::id`. */
function providerOf({ provider }: StoredResource): string | undefined {
  return provider?.replace(/::[^:]*$/, '');
}

function withoutReferences(one: StoredResource, left: ReadonlySet<string>): StoredResource {
  const present = (urns: readonly string[] | null) => (urns ?? []).filter((urn) => !left.has(urn));
  const { deletedWith, ...rest } = one;
  return {
    ...rest,
    ...(deletedWith === undefined || left.has(deletedWith) ? {} : { deletedWith }),
    dependencies: present(one.dependencies),
    propertyDependencies: Object.fromEntries(
      Object.entries(one.propertyDependencies).map(([property, urns]) => [property, present(urns)]),
    ),
  };
}

function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isRecord(value)) return false;
  return isSecret(value) || Object.values(value).some(holdsSecret);
}
