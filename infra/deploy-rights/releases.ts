import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import type { EnvironmentName } from '../names.ts';
import { releasesParameter } from '../releases.ts';
import { allowing, verbs } from './statements.ts';

/**
 * The images of a release: tagging them, remembering the verdict on them, and logging in to the registry, which the check
 * of an attestation takes. The verdict stands next to the right to tag on purpose: all environments tag in one repository,
 * so a tag proves nothing, and a policy that lets a role tag without a verdict of its own is refused (infra/policies).
 */
export function releaseRights(
  environment: EnvironmentName,
  place: Place,
  repositoryArn: pulumi.Input<string>,
): Grant {
  return allowing(
    { Sid: 'LogInToRegistry', Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
    {
      Sid: 'PointAtImages',
      Action: verbs('ecr', 'BatchGetImage', 'DescribeImages', 'PutImage'),
      Resource: repositoryArn,
    },
    {
      Sid: 'RememberReleases',
      Action: verbs('ssm', 'GetParameter', 'PutParameter'),
      Resource: arnOf(place, 'ssm', `parameter${releasesParameter(environment)}`),
    },
  );
}
