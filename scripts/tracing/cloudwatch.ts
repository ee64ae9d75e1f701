import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { STEP_EVENT } from '../../app/tracing/log-steps.ts';
import { regionOf } from '../../infra/cli/release/stack.ts';
import { type EnvironmentName, PROJECT, serviceName } from '../../infra/names.ts';
import { CommandError, isRefused } from '../errors.ts';
import { readStepLine, type StepLine } from './step-line.ts';
import { LINKS, linksOf } from './trace.ts';

/** CloudWatch takes filter patterns of at most 1,024 characters ("FilterLogEvents"); an id has four conditions of about 55. */
const MAX_IDS_PER_CALL = 4;
/** The ids that were named, their turns, the messages and parts of these. */
const ROUNDS = 4;
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

/**
 * Resolves to the steps in the logs of a stack that the ids lead to, since a time (milliseconds since 1970). Throws
 * `CommandError` without log groups, or without the right to read them.
 */
export async function stepsOfStack(
  stack: EnvironmentName,
  ids: ReadonlySet<string>,
  since: number,
): Promise<readonly StepLine[]> {
  const client = new CloudWatchLogsClient({ region: regionOf(stack), requestHandler: TIMEOUTS });
  try {
    const groups = await logGroupsOf(client, stack);
    if (groups.length === 0) throw new CommandError(`${stack} has no log groups: it was never deployed.`);
    const steps: StepLine[] = [];
    const searched = new Set<string>();
    let searching = [...ids];
    for (let round = 0; round < ROUNDS && searching.length > 0; round += 1) {
      for (let from = 0; from < searching.length; from += MAX_IDS_PER_CALL) {
        const pattern = patternOf(searching.slice(from, from + MAX_IDS_PER_CALL));
        for (const group of groups) steps.push(...(await stepsIn(client, group, pattern, since)));
      }
      for (const id of searching) searched.add(id);
      searching = [...linksOf(steps, ids)].filter((id) => !searched.has(id));
    }
    return steps;
  } catch (error) {
    if (!isRefused(error)) throw error;
    throw new CommandError(
      `The logs of ${stack} may not be read: logs:DescribeLogGroups and logs:FilterLogEvents are needed.`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** The groups of both programs; those of App Runner hold the id of the service in their names. */
async function logGroupsOf(client: CloudWatchLogsClient, stack: EnvironmentName): Promise<string[]> {
  const names: string[] = [];
  for (const logGroupNamePrefix of [`/${PROJECT}/${stack}/`, `/aws/apprunner/${serviceName(stack)}/`]) {
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
      for (const { logGroupName = '' } of logGroups) {
        if (/\/(web|worker|application)$/.test(logGroupName)) names.push(logGroupName);
      }
    }
  }
  return names;
}

/** Amazon CloudWatch Logs user guide, "Filter pattern syntax for metric filters": JSON log events. */
function patternOf(ids: readonly string[]): string {
  const conditions = ids.flatMap((id) => LINKS.map((link) => `$.${link} = "${id}"`));
  return `{ $.event = "${STEP_EVENT}" && (${conditions.join(' || ')}) }`;
}

/** Page by page: one may be empty although there are more. */
async function stepsIn(
  client: CloudWatchLogsClient,
  logGroupName: string,
  filterPattern: string,
  startTime: number,
): Promise<StepLine[]> {
  const steps: StepLine[] = [];
  for await (const { events = [] } of paginateFilterLogEvents(
    { client },
    { logGroupName, filterPattern, startTime },
  )) {
    for (const { message = '' } of events) {
      const step = readStepLine(message);
      if (step !== undefined) steps.push(step);
    }
  }
  return steps;
}
