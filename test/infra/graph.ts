/** The recorded programs, and functions that search them. */
import { inject } from 'vitest';
import type { RecordedResource } from '#infra/cli/plan/engine.ts';
import type { Recording } from '#infra/cli/plan/record.ts';
import { isRecord } from '#infra/cli/plan/values.ts';
import type { Name } from './record-all.ts';

export const RECORDINGS = inject('recordings');
export const ENVIRONMENTS: readonly Name[] = [
  'staging on apprunner',
  'staging on ecs-express',
  'production on apprunner',
  'production on ecs-express',
];
/** Includes the variants that only some tests use. */
export const STACKS: readonly Name[] = [
  'shared',
  ...ENVIRONMENTS,
  'staging with fargate',
  'staging with mongodb',
  'production with mongodb',
];

export function ofType(name: Name, type: string): RecordedResource[] {
  return RECORDINGS[name].resources.filter((resource) => resource.type === type);
}

/** The one resource of this type and name; fails when there is none, or more. */
export function one(name: Name, type: string, resource: string): RecordedResource {
  const found = ofType(name, type).filter((candidate) => candidate.name === resource);
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`${found.length} resources ${type} ${resource} in ${name}`);
  return only;
}

/** The value at a path of an object or list: `at(inputs, 'sourceConfiguration', 'imageRepository')`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isRecord(inner) ? inner[String(key)] : undefined;
  }, value);
}

export function arnOf(resource: RecordedResource): string {
  const { arn, serviceArn } = resource.outputs;
  return String(arn ?? serviceArn);
}

/** The tags that a provider gives to everything of it. */
export function defaultTags(recording: Recording, provider: string): Record<string, unknown> {
  const urn = provider.slice(0, provider.lastIndexOf('::'));
  const found = recording.resources.find((resource) => resource.urn === urn);
  const tags = at(JSON.parse(String(found?.inputs.defaultTags ?? '{}')), 'tags');
  return isRecord(tags) ? { ...tags } : {};
}
