import type * as pulumi from '@pulumi/pulumi';
import { arnOf, type Place } from '../arn.ts';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, PROJECT, serviceName } from '../names.ts';
import { actionsOf, grantOf } from './statements.ts';

/** Permissions for the worker on Lambda, its sweep, the logs and the alarms. */
export function workerPermissions(
  environment: EnvironmentName,
  place: Place,
  topicArn: pulumi.Input<string>,
): Grant {
  const service = serviceName(environment);
  const worker = arnOf(place, 'lambda', `function:${service}-worker`);
  const mappings = arnOf(place, 'lambda', 'event-source-mapping:*');
  const ofWorker = { ArnEquals: { 'lambda:FunctionArn': worker } };
  const ofEnvironment = { 'aws:ResourceTag/environment': environment };
  return grantOf(
    {
      Sid: 'ChangeWorker',
      Action: actionsOf(
        'lambda',
        'CreateFunction',
        'DeleteFunction',
        'DeleteFunctionEventInvokeConfig',
        'GetFunction',
        'GetFunctionCodeSigningConfig',
        'GetFunctionConfiguration',
        'GetFunctionEventInvokeConfig',
        'GetPolicy',
        'ListTags',
        'ListVersionsByFunction',
        'PutFunctionEventInvokeConfig',
        'RemovePermission',
        'TagResource',
        'UntagResource',
        'UpdateFunctionCode',
        'UpdateFunctionConfiguration',
        'UpdateFunctionEventInvokeConfig',
      ),
      Resource: worker,
    },
    {
      // The schedule is the only principal: a permission of a function outlasts the deployment that added it.
      Sid: 'LetScheduleCall',
      Action: ['lambda:AddPermission'],
      Resource: worker,
      Condition: { StringEquals: { 'lambda:Principal': 'events.amazonaws.com' } },
    },
    // An event source mapping has no name. Condition keys are its function and its tags.
    { Sid: 'MakeWakeUps', Action: ['lambda:CreateEventSourceMapping'], Resource: '*', Condition: ofWorker },
    {
      Sid: 'ChangeWakeUps',
      Action: actionsOf('lambda', 'DeleteEventSourceMapping', 'UpdateEventSourceMapping'),
      Resource: mappings,
      Condition: ofWorker,
    },
    // Without a condition: a deleted mapping has no function, and the provider waits for the error that it does not exist.
    {
      Sid: 'SeeWakeUps',
      Action: actionsOf('lambda', 'GetEventSourceMapping', 'ListTags'),
      Resource: mappings,
    },
    {
      // A new mapping has no tags yet; the request has the tag of the environment.
      Sid: 'TagWakeUps',
      Action: actionsOf('lambda', 'TagResource'),
      Resource: mappings,
      Condition: { StringEqualsIfExists: { ...ofEnvironment, 'aws:RequestTag/environment': environment } },
    },
    {
      Sid: 'UntagWakeUps',
      Action: actionsOf('lambda', 'UntagResource'),
      Resource: mappings,
      Condition: { StringEquals: ofEnvironment },
    },
    {
      Sid: 'ChangeSweep',
      Action: actionsOf(
        'events',
        'DeleteRule',
        'DescribeRule',
        'ListTagsForResource',
        'ListTargetsByRule',
        'PutRule',
        'PutTargets',
        'RemoveTargets',
        'TagResource',
        'UntagResource',
      ),
      Resource: arnOf(place, 'events', `rule/${service}-sweep`),
    },
    {
      // A deployment searches the logs for errors since it began.
      Sid: 'ChangeLogs',
      Action: actionsOf(
        'logs',
        'CreateLogGroup',
        'DeleteLogGroup',
        'DeleteMetricFilter',
        'DescribeMetricFilters',
        'FilterLogEvents',
        'ListTagsForResource',
        'PutMetricFilter',
        'PutRetentionPolicy',
        'TagResource',
        'UntagResource',
      ),
      Resource: [
        arnOf(place, 'logs', `log-group:/${PROJECT}/${environment}/*`),
        arnOf(place, 'logs', `log-group:/aws/apprunner/${service}/*`),
      ],
    },
    { Sid: 'SeeLogs', Action: ['logs:DescribeLogGroups'], Resource: '*' },
    {
      Sid: 'ChangeAlarms',
      Action: actionsOf(
        'cloudwatch',
        'DeleteAlarms',
        'DescribeAlarms',
        'ListTagsForResource',
        'PutMetricAlarm',
        'TagResource',
        'UntagResource',
      ),
      Resource: arnOf(place, 'cloudwatch', `alarm:${service}-*`),
    },
    {
      Sid: 'ChangeDashboard',
      Action: actionsOf('cloudwatch', 'DeleteDashboards', 'GetDashboard', 'PutDashboard'),
      Resource: arnOf({ ...place, region: '' }, 'cloudwatch', `dashboard/${service}`),
    },
    {
      Sid: 'SubscribeToTopic',
      Action: ['sns:Subscribe'],
      Resource: topicArn,
      Condition: { StringEquals: { 'sns:Protocol': 'email' } },
    },
    // Read only: the actions on a subscription have no resource type (Service Authorization Reference, Amazon SNS), so a
    // permission to change or delete one would cover those of every environment.
    { Sid: 'SeeSubscriptions', Action: ['sns:GetSubscriptionAttributes'], Resource: '*' },
  );
}
