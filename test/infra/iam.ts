/** A small evaluator of IAM: whether the statements of a role allow an action on a resource, with or without conditions. */

import type { RecordedResource } from '#infra/cli/plan/engine.ts';
import type { Recording } from '#infra/cli/plan/record.ts';
import { type ParsedStatement, statementsIn } from '#infra/policies/documents.ts';
import { WITHOUT_RESOURCE } from '#infra/policies/least-privilege.ts';
import { holds } from './conditions.ts';

/** The request that IAM evaluates. */
export interface Request {
  readonly action: string;
  /** An ARN, or `*` for a call without a resource. */
  readonly resource: string;
  /** By condition key. */
  readonly context: Readonly<Record<string, string>>;
}

/** The statements of all policies of the role with this physical name, inline and attached. */
export function permissionsOf(recording: Recording, role: string): readonly ParsedStatement[] {
  const permissions = policiesOf(recording, role).flatMap((policy) => statementsOf(recording, policy));
  if (permissions.length === 0) throw new Error(`${role} has no permissions in ${recording.stack}`);
  return permissions;
}

/** The inline and the attached policies of the role. Attached ones that the stack does not make are left out. */
export function policiesOf(recording: Recording, role: string): readonly RecordedResource[] {
  const { resources } = recording;
  const ofRole = (wanted: string) =>
    resources.filter(({ type, inputs }) => type === wanted && inputs.role === role);
  const attached = ofRole('aws:iam/rolePolicyAttachment:RolePolicyAttachment').map(
    ({ inputs }) => inputs.policyArn,
  );
  return [
    ...ofRole('aws:iam/rolePolicy:RolePolicy'),
    ...resources.filter(
      ({ type, outputs }) => type === 'aws:iam/policy:Policy' && attached.includes(outputs.arn),
    ),
  ];
}

export function statementsOf(recording: Recording, resource: RecordedResource): readonly ParsedStatement[] {
  return statementsIn({ ...resource, stack: recording.stack, protect: resource.protect });
}

/** Treats every condition as true: a request that this denies is denied in any context. */
export function allows(statements: readonly ParsedStatement[], action: string, resource: string): boolean {
  const concerned = statements.filter((statement) => concerns(statement, action, resource));
  return concerned.length > 0 && concerned.every(({ Effect }) => Effect === 'Allow');
}

/** Evaluates as IAM does: a deny overrides, and a statement has to allow the request. Throws for an unknown condition. */
export function permits(
  statements: readonly ParsedStatement[],
  { action, resource, context }: Request,
): boolean {
  const concerned = statements.filter(
    (statement) => concerns(statement, action, resource) && holds(statement.Condition, context),
  );
  return concerned.length > 0 && concerned.every(({ Effect }) => Effect === 'Allow');
}

/** Returns the statements whose resource matches, without those whose actions have no resource type. */
export function statementsOn(
  statements: readonly ParsedStatement[],
  resource: string,
): readonly ParsedStatement[] {
  return statements.filter(
    ({ Action, Effect, Resource }) =>
      Effect === 'Allow' &&
      !Action.every((action) => WITHOUT_RESOURCE.has(action)) &&
      Resource.some((pattern) => matches(pattern, resource)),
  );
}

function concerns({ Action, Resource }: ParsedStatement, action: string, resource: string): boolean {
  return (
    Action.some((pattern) => matches(pattern, action, 'i')) &&
    Resource.some((pattern) => matches(pattern, resource))
  );
}

/** `*` is any text, `?` any one character. Actions are case-insensitive, resources are not. */
export function matches(pattern: string, text: string, flags = ''): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, flags).test(text);
}
