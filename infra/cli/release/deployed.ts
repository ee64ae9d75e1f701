/** Checks of a deployment in AWS: the operation, the image, the log. */
import { paginateFilterLogEvents, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { isRefused } from '../../../scripts/command.ts';
import { imageMismatch } from '../../web-service.ts';
import type { Aws } from './aws.ts';
import { bad, type Finding, good, skipped } from './checks.ts';
import type { WebService } from './web-service.ts';

/** Lines of the log that are shown. */
const SHOWN = 5;

/**
 * App Runner is RUNNING again after it rolled an update back, so the newest operation decides. In `npm run rollback` that
 * rollback counts as success: Pulumi then finds nothing to change and starts no other operation.
 */
export function checkOperation(webService: WebService, isRollback = false): Finding {
  const { last, status } = webService;
  if (!webService.steady)
    return bad('operation', `the service is ${status}`, 'See "A failed creation" in docs/runbook.md.');
  if (last === undefined) return skipped('operation', `the service is ${status}, and no operation is listed`);
  if (isRollback && last.rolledBack) return good('operation', `${last.kind} ${last.status}, as expected`);
  if (!last.succeeded) {
    return bad(
      'operation',
      `the service is ${status}, but its last ${last.kind} ended as ${last.status}`,
      tail(webService),
    );
  }
  return good('operation', `${last.kind} ${last.status}`);
}

export function checkImage(webService: WebService, requested: string | undefined): Finding {
  if (requested === undefined) {
    return skipped('image', `${webService.image} runs; no image was requested`, 'Name it: --image <digest>');
  }
  const wrong = imageMismatch(requested, webService.image);
  return wrong === undefined ? good('image', webService.image) : bad('image', wrong, tail(webService));
}

function tail({ logGroup }: WebService): string {
  return `aws logs tail ${logGroup} --since 1h`;
}

export type Span = { readonly since: Date } | { readonly startedAt: Date };

/**
 * Checks the log of the web service for error lines: all of them `since` a time, or those of a deployment that
 * `startedAt` a time. Older instances run for some more minutes, and their errors, which may be the reason for the
 * deployment, must not fail it.
 */
export async function checkLog(aws: Pick<Aws, 'logs'>, webService: WebService, span: Span): Promise<Finding> {
  const from = 'since' in span ? span.since : span.startedAt;
  try {
    const errors: string[] = [];
    const older = new Map<string, boolean>();
    for await (const { logStreamName = '', message = '' } of errorsIn(aws, webService, from)) {
      if ('startedAt' in span) {
        if (!older.has(logStreamName))
          older.set(logStreamName, await loggedBefore(aws, webService, logStreamName, from));
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
    if (error instanceof ResourceNotFoundException)
      return skipped('log', `there is no ${webService.logGroup} yet`);
    if (isRefused(error))
      return skipped('log', `may not be read: logs:FilterLogEvents on ${webService.logGroup}`);
    throw error;
  }
}

/** Page by page: one may be empty although there are more (Amazon CloudWatch Logs API reference, "FilterLogEvents"). */
async function* errorsIn({ logs }: Pick<Aws, 'logs'>, { logGroup }: WebService, from: Date) {
  const pages = paginateFilterLogEvents(
    { client: logs },
    { logGroupName: logGroup, startTime: from.getTime(), filterPattern: '{ $.level = "error" }' },
  );
  for await (const { events = [] } of pages) yield* events;
}

/** Each instance has its own log stream, whose first line is about its start. */
async function loggedBefore(
  { logs }: Pick<Aws, 'logs'>,
  { logGroup }: WebService,
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
