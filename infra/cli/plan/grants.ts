/** Who may do what, in words, from the policies of a plan. */
import { statementsIn } from '../../policies/documents.ts';
import type { RecordedResource } from './engine.ts';

export interface Principal {
  /** The role, without the prefix of the project. */
  readonly name: string;
  readonly may: readonly { readonly what: string; readonly on: string }[];
}

/** One holder for each role with rights, and one for a policy that waits for its role. */
export function principalsIn(resources: readonly RecordedResource[], stack: string): readonly Principal[] {
  const attached = new Map(
    resources
      .filter(({ type }) => type === 'aws:iam/rolePolicyAttachment:RolePolicyAttachment')
      .map(({ inputs }) => [inputs.policyArn, String(inputs.role)]),
  );
  const rights = Map.groupBy(
    resources.filter(({ type, inputs }) => RIGHTS.includes(type) && inputs.policy !== undefined),
    ({ type, inputs, outputs }) =>
      type === 'aws:iam/policy:Policy'
        ? (attached.get(outputs.arn) ?? principalOf(String(inputs.name)))
        : String(inputs.role),
  );
  return [...rights]
    .map(([role, policies]) => ({
      name: role.replace(`ansari-whatsapp-${stack}-`, 'the ').replace('ansari-whatsapp-', ''),
      // They are registered in no certain order.
      may: policies
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((policy) => statementsIn({ ...policy, stack }))
        .map(({ Sid, Resource }) => ({ what: words(Sid ?? ''), on: namesOf(Resource, stack) })),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const RIGHTS = ['aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy'];

/** A policy without a role is either what all roles of an environment may at most, or waits for a role to be given to. */
function principalOf(policy: string): string {
  const [, environment] = policy.match(/-boundary-(\w+)$/) ?? [];
  return environment === undefined ? `whoever holds ${policy}` : `roles of ${environment}, at most,`;
}

/** `SendWakeUps` is "send wake ups". */
function words(sid: string): string {
  return sid
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll('wake ups', 'wake-ups');
}

const SHOWN = 3;

function namesOf(resources: readonly string[], stack: string): string {
  const names = [...new Set(resources.map((arn) => nameOf(arn, stack)))];
  return names.length > SHOWN
    ? `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`
    : names.join(', ');
}

/** What is left of an ARN when everything is gone that all of a stack have in common. */
function nameOf(arn: string, stack: string): string {
  if (arn === '*') return 'the whole account, since AWS knows nothing finer';
  const resource = arn.split(':').slice(5).join(':');
  return resource
    .replace(/^(table|function|rule|key|repository|role|policy)[/:]/, '')
    .replace(/^parameter\//, '/')
    .replace(`/app-runtime/ansari-whatsapp/${stack}/`, '')
    .replace(/^ansari-whatsapp-(staging|production)-(?!\*)/, (prefix, of) => (of === stack ? '' : prefix));
}
