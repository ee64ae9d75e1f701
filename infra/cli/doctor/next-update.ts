/** The AWS calls that the next `pulumi up` of a stack will make. */
import { type RecordedCall, recordedCalls } from '../../deploy-permissions/recorded.ts';
import type { EnvironmentName } from '../../names.ts';
import type { ExistingRoles } from '../../settings/passable.ts';
import type { WorkerKind } from '../release/stack.ts';

export type AwsCall = Pick<RecordedCall, 'action' | 'resource' | 'context'>;

export interface NextUpdate {
  readonly stack: EnvironmentName;
  readonly compute: string;
  readonly worker: WorkerKind;
  readonly account: string;
  /** The key of the stack's secrets in Parameter Store, where it is known. */
  readonly keyArn?: string | undefined;
  readonly existingRoles: ExistingRoles;
}

/** The account of the recordings. */
const RECORDED_ACCOUNT = /\b123456789012\b/g;

/**
 * Returns the calls without those on Pulumi's state, since an operator's state may be elsewhere. Production uses the
 * recordings of staging: only names differ.
 */
export function callsOfNextUpdate(next: NextUpdate): readonly AwsCall[] {
  const recorded = recordingsOf(next)
    .flatMap((name) => recordedCalls(name).calls)
    .filter(({ in: phases }) => phases.some((phase) => phase !== 'destroy' && phase !== 'compare'))
    .filter(({ action, resource }) => !action.startsWith('s3:') && !resource.includes('{state-'));
  const text = JSON.stringify(recorded)
    .replaceAll(RECORDED_ACCOUNT, next.account)
    .replaceAll('staging', next.stack);
  const calls: AwsCall[] = JSON.parse(text);
  return [...calls.flatMap((call) => withKeyArn(call, next)), ...passRoleCalls(next)];
}

/**
 * The recordings that hold the calls of the stack. The worker on Fargate was recorded beside App Runner, so a stack on ECS
 * Express Mode gets some calls that it does not make; its role is the same.
 */
function recordingsOf({ compute, worker }: NextUpdate): string[] {
  return [`staging-${compute}`, ...(worker === 'fargate' ? ['staging-fargate'] : [])];
}

function withKeyArn({ action, resource, context }: AwsCall, { keyArn }: NextUpdate): AwsCall[] {
  if (!resource.includes('{secrets-'))
    return [{ action, resource: resource.replaceAll(/[{}]/g, ''), context }];
  return keyArn === undefined ? [] : [{ action, resource: keyArn, context }];
}

function passRoleCalls({ compute, existingRoles }: NextUpdate): AwsCall[] {
  const to = compute === 'apprunner' ? 'tasks.apprunner.amazonaws.com' : 'ecs-tasks.amazonaws.com';
  return [
    [existingRoles.instanceRoleArn, to],
    [existingRoles.accessRoleArn, 'build.apprunner.amazonaws.com'],
  ].flatMap(([resource, service = '']) =>
    resource === undefined
      ? []
      : [{ action: 'iam:PassRole', resource, context: { 'iam:PassedToService': service } }],
  );
}
