/** What AWS says about a deployment: the operation, the image, the log. */
import { paginateFilterLogEvents, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { isRefused } from '../../../scripts/command.ts';
import { otherImage } from '../../web-service.ts';
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

export type Span = { readonly since: Date } | { readonly began: Date };

/**
 * Error lines in the log of the door: all of them `since` a time, or those of a deployment that `began` then. What ran
 * before it goes on for some minutes beside it, and its errors, which may be the very reason for the deployment, are no
 * reason to take that back.
 */
export async function checkLog(aws: Pick<Aws, 'logs'>, door: Door, span: Span): Promise<Finding> {
  const from = 'since' in span ? span.since : span.began;
  try {
    const errors: string[] = [];
    const older = new Map<string, boolean>();
    for await (const { logStreamName = '', message = '' } of errorsIn(aws, door, from)) {
      if ('began' in span) {
        if (!older.has(logStreamName))
          older.set(logStreamName, await spokeBefore(aws, door, logStreamName, from));
        if (older.get(logStreamName)) continue;
      }
      errors.push(message.trim());
      if (errors.length > SHOWN) break;
    }
    if (errors.length === 0) return good('log', `no errors since ${from.toISOString()}`);
    const count = errors.length > SHOWN ? `more than ${SHOWN}` : errors.length;
    const shown = errors.slice(0, SHOWN).join('\n');
    return bad('log', `${count} errors since ${from.toISOString()}`, shown);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return skipped('log', `there is no ${door.logGroup} yet`);
    if (isRefused(error)) return skipped('log', `may not be read: logs:FilterLogEvents on ${door.logGroup}`);
    throw error;
  }
}

/** Page by page: one may be empty although there are more (Amazon CloudWatch Logs API reference, "FilterLogEvents"). */
async function* errorsIn({ logs }: Pick<Aws, 'logs'>, { logGroup }: Door, from: Date) {
  const pages = paginateFilterLogEvents(
    { client: logs },
    { logGroupName: logGroup, startTime: from.getTime(), filterPattern: '{ $.level = "error" }' },
  );
  for await (const { events = [] } of pages) yield* events;
}

/** Each instance writes a stream of its own, and begins it with a line about its start. */
async function spokeBefore(
  { logs }: Pick<Aws, 'logs'>,
  { logGroup }: Door,
  stream: string,
  time: Date,
): Promise<boolean> {
  const pages = paginateFilterLogEvents(
    { client: logs },
    { logGroupName: logGroup, logStreamNames: [stream], startTime: 0, endTime: time.getTime() - 1, limit: 1 },
  );
  for await (const { events = [] } of pages) if (events.length > 0) return true;
  return false;
}
