import type * as pulumi from '@pulumi/pulumi';
import type { Grant } from '../grant.ts';
import { type EnvironmentName, PROJECT, serviceName } from '../names.ts';
import { arnOf, type Place } from '../place.ts';
import { allowing, verbs } from './allowing.ts';

/** The worker, its sweep, logs, alarms. */
export function workerRights(
  environment: EnvironmentName,
  place: Place,
  topicArn: pulumi.Input<string>,
): Grant {
  const service = serviceName(environment);
  const worker = arnOf(place, 'lambda', `function:${service}-worker`);
  return allowing(
    {
      Sid: 'ChangeWorker',
      Action: verbs(
        'lambda',
        'AddPermission',
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
      // A mapping has no name; AWS lets it be told apart by its function only.
      Sid: 'ChangeWakeUps',
      Action: verbs(
        'lambda',
        'CreateEventSourceMapping',
        'DeleteEventSourceMapping',
        'UpdateEventSourceMapping',
      ),
      Resource: '*',
      Condition: { StringEquals: { 'lambda:FunctionArn': worker } },
    },
    { Sid: 'SeeWakeUps', Action: ['lambda:GetEventSourceMapping'], Resource: '*' },
    {
      Sid: 'TagWakeUps',
      Action: verbs('lambda', 'ListTags', 'TagResource', 'UntagResource'),
      Resource: arnOf(place, 'lambda', 'event-source-mapping:*'),
    },
    {
      Sid: 'ChangeSweep',
      Action: verbs(
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
      // Filtering them is how a deployment finds the errors since it began.
      Sid: 'ChangeLogs',
      Action: verbs(
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
      Action: verbs(
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
      Action: verbs('cloudwatch', 'DeleteDashboards', 'GetDashboard', 'PutDashboard'),
      Resource: arnOf({ ...place, region: '' }, 'cloudwatch', `dashboard/${service}`),
    },
    {
      Sid: 'SubscribeToTopic',
      Action: ['sns:Subscribe'],
      Resource: topicArn,
      Condition: { StringEquals: { 'sns:Protocol': 'email' } },
    },
    // Reading alone: AWS has no resource to name for a subscription (Service Authorization Reference, Amazon SNS), so a
    // right to change or end one would reach those of every environment.
    { Sid: 'SeeSubscriptions', Action: ['sns:GetSubscriptionAttributes'], Resource: '*' },
  );
}
