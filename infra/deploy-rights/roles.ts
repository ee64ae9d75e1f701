import type * as pulumi from '@pulumi/pulumi';
import type { Grant, Statement } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { iamArnOf, type Place } from '../place.ts';
import { allowing, verbs } from './allowing.ts';

/** Roles of the environment, only inside the boundary, and only for the services that take them. */
export function roleRights(
  environment: EnvironmentName,
  place: Place,
  shared: {
    boundaryArn: pulumi.Input<string>;
    accessRoleArn: pulumi.Input<string>;
    infrastructureRoleArn: pulumi.Input<string>;
  },
): Grant {
  const roles = iamArnOf(place, `role/${serviceName(environment)}-*`);
  const passing = (
    Sid: string,
    Resource: pulumi.Input<string>,
    ...services: readonly string[]
  ): Statement => ({
    Sid,
    Action: ['iam:PassRole'],
    Resource,
    Condition: { StringEquals: { 'iam:PassedToService': services } },
  });
  return allowing(
    {
      Sid: 'MakeRolesWithinBoundary',
      Action: verbs('iam', 'CreateRole', 'PutRolePermissionsBoundary', 'PutRolePolicy'),
      Resource: roles,
      Condition: { ArnEquals: { 'iam:PermissionsBoundary': shared.boundaryArn } },
    },
    {
      Sid: 'ChangeRoles',
      Action: verbs(
        'iam',
        'DeleteRole',
        'DeleteRolePolicy',
        'GetRole',
        'GetRolePolicy',
        'ListAttachedRolePolicies',
        'ListInstanceProfilesForRole',
        'ListRolePolicies',
        'TagRole',
        'UntagRole',
        'UpdateAssumeRolePolicy',
        'UpdateRole',
      ),
      Resource: roles,
    },
    {
      Sid: 'DescribeRights',
      Action: verbs(
        'iam',
        'CreatePolicy',
        'CreatePolicyVersion',
        'DeletePolicy',
        'DeletePolicyVersion',
        'GetPolicy',
        'GetPolicyVersion',
        'ListPolicyVersions',
        'TagPolicy',
        'UntagPolicy',
      ),
      Resource: iamArnOf(place, `policy/${serviceName(environment)}-door*`),
    },
    passing(
      'HandOverRoles',
      roles,
      'ecs-tasks.amazonaws.com',
      'lambda.amazonaws.com',
      'tasks.apprunner.amazonaws.com',
    ),
    passing('HandOverAccessRole', shared.accessRoleArn, 'build.apprunner.amazonaws.com'),
    passing('HandOverInfrastructureRole', shared.infrastructureRoleArn, 'ecs.amazonaws.com'),
    {
      Sid: 'LetAppRunnerRun',
      Action: ['iam:CreateServiceLinkedRole'],
      Resource: iamArnOf(place, 'role/aws-service-role/apprunner.amazonaws.com/AWSServiceRoleForAppRunner'),
      Condition: { StringEquals: { 'iam:AWSServiceName': 'apprunner.amazonaws.com' } },
    },
  );
}
