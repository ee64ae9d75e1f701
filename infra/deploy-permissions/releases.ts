import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import type { EnvironmentName } from '../names.ts';
import { releasesParameter } from '../releases.ts';
import { actionsOf, grantOf } from './statements.ts';

/**
 * Permissions for the images of a release: to tag them, to record the verdict on them, and to log in to the registry, which
 * the check of an attestation needs. The permission to record the verdict is next to the one to tag on purpose. All
 * environments tag in one repository, so a tag proves nothing, and a rule in infra/policies rejects a policy that allows to
 * tag without a parameter of its own for the verdicts.
 */
export function releasePermissions(
  environment: EnvironmentName,
  place: Place,
  repositoryArn: pulumi.Input<string>,
): Grant {
  return grantOf(
    { Sid: 'LogInToRegistry', Action: ['ecr:GetAuthorizationToken'], Resource: '*' },
    {
      Sid: 'PointAtImages',
      Action: actionsOf('ecr', 'BatchGetImage', 'DescribeImages', 'PutImage'),
      Resource: repositoryArn,
    },
    {
      Sid: 'RememberReleases',
      Action: actionsOf('ssm', 'GetParameter', 'PutParameter'),
      Resource: arnOf(place, 'ssm', `parameter${releasesParameter(environment)}`),
    },
  );
}
