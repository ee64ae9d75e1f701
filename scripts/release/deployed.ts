/** What AWS says about a deployment: the operation, the image, the log. */
import { FilterLogEventsCommand, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { otherImage } from '../../infra/web-service.ts';
import { isRefused } from '../command.ts';
import type { Aws } from './aws.ts';
import { bad, type Finding, good, skipped } from './checks.ts';
import type { Door } from './door.ts';

/** Lines of the log that are shown. */
const SHOWN = 5;

/**
 * App Runner is RUNNING again after it rolled an update back, so the newest operation decides. On the way back its own
 * rollback is what was wanted: Pulumi then finds nothing to change and starts no other operation.
 */
export function checkOperation(door: Door, goingBack = false): Finding {
  const { last, status } = door;
  if (!door.steady)
    return bad('operation', `the service is ${status}`, 'See "A failed creation" in docs/runbook.md.');
  if (last === undefined) return skipped('operation', `the service is ${status}, and no operation is listed`);
  if (goingBack && last.rolledBack) return good('operation', `${last.kind} ${last.status}, as wanted`);
  if (!last.succeeded) {
    return bad(
      'operation',
      `the service is ${status}, but its last ${last.kind} ended as ${last.status}`,
      tail(door),
    );
  }
  return good('operation', `${last.kind} ${last.status}`);
}

export function checkImage(door: Door, requested: string | undefined): Finding {
  if (requested === undefined) {
    return skipped('image', `${door.image} runs; nobody said which one should`, 'Name it: --image <digest>');
  }
  const wrong = otherImage(requested, door.image);
  return wrong === undefined ? good('image', door.image) : bad('image', wrong, tail(door));
}

function tail({ logGroup }: Door): string {
  return `aws logs tail ${logGroup} --since 1h`;
}

/** Error lines since `since`, in the log of the door. */
export async function checkLog(aws: Pick<Aws, 'logs'>, door: Door, since: Date): Promise<Finding> {
  try {
    const { events = [] } = await aws.logs.send(
      new FilterLogEventsCommand({
        logGroupName: door.logGroup,
        startTime: since.getTime(),
        filterPattern: '{ $.level = "error" }',
        limit: 100,
      }),
    );
    if (events.length === 0) return good('log', `no errors since ${since.toISOString()}`);
    const lines = events.slice(0, SHOWN).map(({ message = '' }) => message.trim());
    return bad('log', `${events.length} errors since ${since.toISOString()}`, lines.join('\n'));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return skipped('log', `there is no ${door.logGroup} yet`);
    if (isRefused(error)) return skipped('log', `may not be read: logs:FilterLogEvents on ${door.logGroup}`);
    throw error;
  }
}
