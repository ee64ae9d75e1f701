/** The service that runs the door, as the next deployment will meet it. */
import type { EnvironmentName } from '../../names.ts';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
import type { Door } from '../release/door.ts';

export function checkDoor(stack: EnvironmentName, door: Door | undefined): Finding {
  if (door === undefined) return skipped('service', 'nothing is deployed yet', `npm run deploy -- ${stack}`);
  const { status, arn } = door;
  if (door.changing) return warning('service', `it is being changed (${status})`, 'Wait for the end of it.');
  if (door.steady) return good('service', `${status}, ${door.image}`);
  const fix =
    status === 'PAUSED'
      ? `aws apprunner resume-service --service-arn ${arn}`
      : 'See "A failed creation" in docs/runbook.md.';
  return bad('service', `it is ${status}`, fix);
}
