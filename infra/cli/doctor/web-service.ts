/** Checks that the web service can be updated. */
import type { EnvironmentName } from '../../names.ts';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
import type { WebService } from '../release/web-service.ts';

export function checkWebService(stack: EnvironmentName, webService: WebService | undefined): Finding {
  if (webService === undefined)
    return skipped('service', 'nothing is deployed yet', `npm run deploy -- ${stack}`);
  const { status, arn } = webService;
  if (webService.changing)
    return warning('service', `it is being changed (${status})`, 'Wait until that has ended.');
  if (webService.steady) return good('service', `${status}, ${webService.image}`);
  const fix =
    status === 'PAUSED'
      ? `aws apprunner resume-service --service-arn ${arn}`
      : 'See "A failed creation" in docs/runbook.md.';
  return bad('service', `it is ${status}`, fix);
}
