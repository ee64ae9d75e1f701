/** The AWS account, and whether it can use the configured compute. */
import { ListServicesCommand } from '@aws-sdk/client-apprunner';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { isRefused, messageOf } from '../../../scripts/command.ts';
import { type EnvironmentName, parametersPath } from '../../names.ts';
import { APP_RUNNER_REGIONS } from '../../settings/region.ts';
import { kebabCase } from '../../variables.ts';
import { type Aws, accountId } from '../release/aws.ts';
import { bad, type Finding, good, skipped, warning } from '../release/checks.ts';
import type { WebService } from '../release/web-service.ts';

export async function checkAccount(aws: Aws, expected: string | undefined): Promise<Finding> {
  try {
    const account = await accountId(aws);
    if (expected === undefined || expected === account) return good('account', `${account}, ${aws.region}`);
    return bad(
      'account',
      `these credentials belong to ${account}, the stack is in ${expected}`,
      'Use the other profile: export AWS_PROFILE=…',
    );
  } catch (error) {
    return bad('account', messageOf(error), 'aws sso login, or export AWS_PROFILE=…');
  }
}

/** App Runner takes no new customers since 30 April 2026 (AWS, "App Runner availability change"). */
export async function checkAppRunner(aws: Aws, stack: EnvironmentName): Promise<Finding> {
  const instead = `pulumi config set compute ecs-express --stack ${stack}`;
  if (!APP_RUNNER_REGIONS.includes(aws.region)) return bad('app runner', `is not in ${aws.region}`, instead);
  try {
    const { ServiceSummaryList = [] } = await aws.appRunner.send(new ListServicesCommand({}));
    if (ServiceSummaryList.length > 0) return good('app runner', 'this account uses it');
    return warning(
      'app runner',
      'this account has no App Runner service; accounts that never had one cannot create one since 30 April 2026',
      `When creation is refused: ${instead}`,
    );
  } catch (error) {
    if (!isRefused(error) && !(error instanceof Error && error.name === 'SubscriptionRequiredException')) {
      return bad('app runner', messageOf(error), `aws apprunner list-services --region ${aws.region}`);
    }
    return bad('app runner', `this account may not use App Runner (${messageOf(error)})`, instead);
  }
}

/** Checks that the parameters of a deployed web service exist: without one its next start fails. */
export async function checkParameters(
  aws: Aws,
  stack: EnvironmentName,
  webService: WebService | undefined,
  variables: readonly string[],
): Promise<Finding> {
  if (webService === undefined) {
    const message = 'nothing is deployed yet; pulumi up writes them';
    return skipped('parameters', message, `npm run deploy -- ${stack}`);
  }
  const names = variables.map((variable) => `${parametersPath(stack)}/${kebabCase(variable)}`);
  const absent: string[] = [];
  // One call takes at most ten names.
  for (let at = 0; at < names.length; at += 10) {
    const { InvalidParameters = [] } = await aws.ssm.send(
      new GetParametersCommand({ Names: names.slice(at, at + 10) }),
    );
    absent.push(...InvalidParameters);
  }
  if (absent.length === 0) return good('parameters', `${names.length} secrets are in Parameter Store`);
  return bad(
    'parameters',
    `missing in Parameter Store: ${absent.join(', ')}`,
    `pulumi up --refresh --stack ${stack}`,
  );
}
