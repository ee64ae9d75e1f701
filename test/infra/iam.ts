/** A small reader of IAM: whether statements allow an action on a resource, conditions taken as met. */

import { type ParsedStatement, statementsIn } from '../../infra/policies/documents.ts';
import { WITHOUT_RESOURCE } from '../../infra/policies/least-privilege.ts';
import type { RecordedResource } from '../../scripts/plan/engine.ts';
import type { Recording } from '../../scripts/plan/record.ts';

/** The statements of all policies of the role with this physical name. */
export function rightsOf(recording: Recording, role: string): readonly ParsedStatement[] {
  const rights = recording.resources
    .filter(({ type, inputs }) => type === 'aws:iam/rolePolicy:RolePolicy' && inputs.role === role)
    .flatMap((policy) => statementsOf(recording, policy));
  if (rights.length === 0) throw new Error(`${role} has no rights in ${recording.stack}`);
  return rights;
}

export function statementsOf(recording: Recording, resource: RecordedResource): readonly ParsedStatement[] {
  return statementsIn({ ...resource, stack: recording.stack, protect: resource.protect });
}

export function allows(statements: readonly ParsedStatement[], action: string, resource: string): boolean {
  const concerned = statements.filter(
    (statement) =>
      statement.Action.some((pattern) => matches(pattern, action)) &&
      statement.Resource.some((pattern) => matches(pattern, resource)),
  );
  return concerned.length > 0 && concerned.every(({ Effect }) => Effect === 'Allow');
}

/** The statements that name the resource at all, those for which AWS has no resource to name left out. */
export function reaching(
  statements: readonly ParsedStatement[],
  resource: string,
): readonly ParsedStatement[] {
  return statements.filter(
    ({ Action, Resource }) =>
      !Action.every((action) => WITHOUT_RESOURCE.has(action)) &&
      Resource.some((pattern) => matches(pattern, resource)),
  );
}

/** `*` is any text, `?` any one character. */
function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(text);
}
