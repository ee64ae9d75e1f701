import { type ParameterMetadata, paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { type EnvironmentName, parametersPath } from '../../names.ts';
import { PARAMETER, type StoredState } from './state.ts';

const outputs = z.object({
  name: z.string(),
  version: z.number().optional(),
  type: z.string().optional(),
  tier: z.string().optional(),
  dataType: z.string().optional(),
  keyId: z.string().optional(),
});
type Recorded = z.infer<typeof outputs>;

/** The parameters of a state, without their values. */
export function parametersIn(state: StoredState): Recorded[] {
  return (state.deployment.resources ?? [])
    .filter(({ type }) => type === PARAMETER)
    .flatMap((one) => outputs.safeParse(one.outputs).data ?? []);
}

/**
 * Resolves to one line for each parameter that was deleted or changed. Every write of a value increments the version, so
 * versions show a changed value, and `ssm:DescribeParameters` returns no value (AWS Systems Manager user guide, "Working
 * with parameter versions"). A parameter that was deleted and recreated up to the same version is not detected.
 */
export async function compareParameters(
  ssm: SSMClient,
  environment: EnvironmentName,
  recorded: readonly Recorded[],
): Promise<string[]> {
  if (recorded.length === 0) return [];
  const found = await describe(ssm, environment);
  return recorded.flatMap((parameter) => {
    const actual = found.get(parameter.name);
    if (actual === undefined) return [`delete parameter ${parameter.name}`];
    const changed = changedIn(parameter, actual);
    return changed.length === 0 ? [] : [`update parameter ${parameter.name} (${changed.join(', ')})`];
  });
}

async function describe(ssm: SSMClient, environment: EnvironmentName) {
  const below = { Key: 'Path', Option: 'Recursive', Values: [parametersPath(environment)] };
  const found = new Map<string, ParameterMetadata>();
  const pages = paginateDescribeParameters({ client: ssm, pageSize: 50 }, { ParameterFilters: [below] });
  for await (const { Parameters = [] } of pages) {
    for (const parameter of Parameters) found.set(parameter.Name ?? '', parameter);
  }
  return found;
}

/** Returns the names of the properties that differ. Properties that are not in the state are not compared. */
function changedIn(recorded: Recorded, actual: ParameterMetadata): string[] {
  const pairs = {
    version: [recorded.version, actual.Version],
    type: [recorded.type, actual.Type],
    tier: [recorded.tier, actual.Tier],
    dataType: [recorded.dataType, actual.DataType],
    // Absent in the state for everything but a SecureString, where the provider writes an empty text.
    keyId: [recorded.keyId || undefined, actual.KeyId],
  };
  return Object.entries(pairs)
    .filter(([, [was, is]]) => was !== undefined && is !== undefined && was !== is)
    .map(([property]) => property);
}
