/** The permissions in the policies of a plan, in words. */
import { statementsIn } from '../../policies/documents.ts';
import type { RecordedResource } from './engine.ts';

export interface Principal {
  /** The role, without the prefix of the project. */
  readonly name: string;
  readonly may: readonly { readonly what: string; readonly on: string }[];
}

/** Returns one entry for each role with permissions, and one for each policy that is attached to no role. */
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
      name: role
        .replace(`ansari-whatsapp-${stack}-`, 'the ')
        .replace('ansari-whatsapp-', '')
        .replace(/^the web\b/, 'the web service'),
      // They are registered in no certain order.
      may: policies
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((policy) => statementsIn({ ...policy, stack }))
        .map(({ Sid, Effect, Resource }) => ({
          what: `${Effect === 'Deny' ? 'never ' : ''}${spacedWords(Sid ?? '')}`,
          on: namesOf(Resource, stack),
        })),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const RIGHTS = ['aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy'];

/** A policy without a role is either the boundary of an environment's roles, or waits for an operator to attach it. */
function principalOf(policy: string): string {
  const [, environment] = policy.match(/-boundary-(\w+)$/) ?? [];
  return environment === undefined ? `a role with ${policy}` : `roles of ${environment}, at most,`;
}

/** `SendWakeUps` is "send wake ups". */
function spacedWords(sid: string): string {
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

/** Returns an ARN without what all ARNs of a stack have in common. */
function nameOf(arn: string, stack: string): string {
  if (arn === '*') return 'every resource, since AWS offers nothing finer';
  const resource = arn.split(':').slice(5).join(':');
  return resource
    .replace(/^(table|function|rule|key|repository|role|policy)[/:]/, '')
    .replace(/^parameter\//, '/')
    .replace(`/app-runtime/ansari-whatsapp/${stack}/`, '')
    .replace(/^ansari-whatsapp-(staging|production)-(?!\*)/, (prefix, of) => (of === stack ? '' : prefix));
}
