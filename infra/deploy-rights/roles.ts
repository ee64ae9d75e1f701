import type * as pulumi from '@pulumi/pulumi';
import { iamArnOf, type Place } from '../arn.ts';
import type { Grant, Statement } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { allowing, verbs } from './statements.ts';

/** Roles of the environment, only inside the boundary, and only for the services that take them. */
export function roleRights(
  environment: EnvironmentName,
  place: Place,
  shared: {
    boundaryArn: pulumi.Input<string>;
    accessRoleArn: pulumi.Input<string>;
    infrastructureRoleArn: pulumi.Input<string>;
    /** Roles that an operator keeps, for the service to run with or to be pulled with. */
    passableRoleArns: readonly string[];
  },
): Grant {
  const roles = iamArnOf(place, `role/${serviceName(environment)}-*`);
  const passing = (
    Sid: string,
    Resource: Statement['Resource'],
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
      // Not UpdateAssumeRolePolicy: a change of trust is a new role. No condition of IAM looks at what a trust says.
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
        'UpdateRole',
        'UpdateRoleDescription',
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
      Resource: iamArnOf(place, `policy/${serviceName(environment)}-web*`),
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
    ...(shared.passableRoleArns.length === 0
      ? []
      : [
          passing(
            'HandOverRolesOfOperator',
            shared.passableRoleArns,
            'build.apprunner.amazonaws.com',
            'ecs-tasks.amazonaws.com',
            'tasks.apprunner.amazonaws.com',
          ),
        ]),
    letItWork(place, 'LetAppRunnerRun', 'apprunner.amazonaws.com', 'AWSServiceRoleForAppRunner'),
    letItWork(
      place,
      'LetAppRunnerJoinNetworks',
      'networking.apprunner.amazonaws.com',
      'AWSServiceRoleForAppRunnerNetworking',
    ),
    // Express Mode's roles for load balancing and scaling are made by the infrastructure role, whose managed policy says so.
    letItWork(place, 'LetEcsRun', 'ecs.amazonaws.com', 'AWSServiceRoleForECS'),
  );
}

/** AWS makes the service's own role at its first use in an account, in the name of the caller. */
function letItWork(place: Place, Sid: string, service: string, role: string): Statement {
  return {
    Sid,
    Action: ['iam:CreateServiceLinkedRole'],
    Resource: iamArnOf(place, `role/aws-service-role/${service}/${role}`),
    Condition: { StringEquals: { 'iam:AWSServiceName': service } },
  };
}
