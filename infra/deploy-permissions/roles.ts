import type * as pulumi from '@pulumi/pulumi';
import { iamArnOf, type Place } from '../arn.ts';
import type { Grant, Statement } from '../grant.ts';
import { type EnvironmentName, serviceName } from '../names.ts';
import { actionsOf, grantOf } from './statements.ts';

/** Permissions for the environment's roles: created with the permissions boundary only, passed to the named services only. */
export function rolePermissions(
  environment: EnvironmentName,
  place: Place,
  shared: {
    boundaryArn: pulumi.Input<string>;
    accessRoleArn: pulumi.Input<string>;
    infrastructureRoleArn: pulumi.Input<string>;
    /** Existing roles of an operator that a deployment may pass, as instance role or access role of the service. */
    passableRoleArns: readonly string[];
  },
): Grant {
  const roles = iamArnOf(place, `role/${serviceName(environment)}-*`);
  const passRole = (
    Sid: string,
    Resource: Statement['Resource'],
    ...services: readonly string[]
  ): Statement => ({
    Sid,
    Action: ['iam:PassRole'],
    Resource,
    Condition: { StringEquals: { 'iam:PassedToService': services } },
  });
  return grantOf(
    {
      Sid: 'MakeRolesWithinBoundary',
      Action: actionsOf('iam', 'CreateRole', 'PutRolePermissionsBoundary', 'PutRolePolicy'),
      Resource: roles,
      Condition: { ArnEquals: { 'iam:PermissionsBoundary': shared.boundaryArn } },
    },
    {
      // Without UpdateAssumeRolePolicy: a changed trust policy needs a new role, since no condition key covers its content.
      Sid: 'ChangeRoles',
      Action: actionsOf(
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
      Action: actionsOf(
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
    passRole(
      'HandOverRoles',
      roles,
      'ecs-tasks.amazonaws.com',
      'lambda.amazonaws.com',
      'tasks.apprunner.amazonaws.com',
    ),
    passRole('HandOverAccessRole', shared.accessRoleArn, 'build.apprunner.amazonaws.com'),
    passRole('HandOverInfrastructureRole', shared.infrastructureRoleArn, 'ecs.amazonaws.com'),
    ...(shared.passableRoleArns.length === 0
      ? []
      : [
          passRole(
            'HandOverRolesOfOperator',
            shared.passableRoleArns,
            'build.apprunner.amazonaws.com',
            'ecs-tasks.amazonaws.com',
            'tasks.apprunner.amazonaws.com',
          ),
        ]),
    createServiceLinkedRole(
      place,
      'LetAppRunnerRun',
      'apprunner.amazonaws.com',
      'AWSServiceRoleForAppRunner',
    ),
    createServiceLinkedRole(
      place,
      'LetAppRunnerJoinNetworks',
      'networking.apprunner.amazonaws.com',
      'AWSServiceRoleForAppRunnerNetworking',
    ),
    // The infrastructure role creates Express Mode's roles for load balancing and scaling; its managed policy allows that.
    createServiceLinkedRole(place, 'LetEcsRun', 'ecs.amazonaws.com', 'AWSServiceRoleForECS'),
  );
}

/** AWS creates the service-linked role at the service's first use in an account, with the permissions of the caller. */
function createServiceLinkedRole(place: Place, Sid: string, service: string, role: string): Statement {
  return {
    Sid,
    Action: ['iam:CreateServiceLinkedRole'],
    Resource: iamArnOf(place, `role/aws-service-role/${service}/${role}`),
    Condition: { StringEquals: { 'iam:AWSServiceName': service } },
  };
}
