import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { providerFor } from './account.ts';
import { Alarms } from './alarms.ts';
import { AppRunnerService } from './app-runner.ts';
import type { Place } from './arn.ts';
import { Dashboard } from './dashboard.ts';
import { decryptDataKeysGrant } from './data-key.ts';
import { EcsExpressService } from './ecs-express.ts';
import { type Grant, variablesOf } from './grant.ts';
import { HandOffQueue } from './hand-off-queue.ts';
import { BuiltImage } from './image.ts';
import { Parameters } from './parameters.ts';
import { requireAllowedSecrets, requirePassableRoles } from './preconditions.ts';
import { type PrivateNetwork, privateNetwork } from './private-network.ts';
import { concurrencyOf } from './settings/environment.ts';
import type { EnvironmentSettings } from './settings/read.ts';
import { PROJECT_FOLDER, secretValue } from './settings.ts';
import { type SharedOutputs, sharedOutputs } from './shared-outputs.ts';
import { Tables } from './tables.ts';
import { TurnQueue } from './turn-queue.ts';
import { DEFAULTS } from './variables.ts';
import type { WebService } from './web-service.ts';
import { bundleFolder, LambdaWorker, WORKER_TIMEOUT_SECONDS } from './worker/lambda.ts';
import { TaskWorker } from './worker/task.ts';
import { type TaskNetwork, taskNetwork } from './worker/task-network.ts';
import type { Worker } from './worker.ts';

/** A stack that runs the service: `staging` or `production`. */
export async function environment(settings: EnvironmentSettings) {
  const { stack: environment } = settings;
  const { provider, place } = providerFor(environment, settings);
  const options = { providers: [provider] };
  const shared = await sharedOutputs(environment, settings.sharedStack);
  requirePassableRoles(settings, shared.passableRoleArns);
  requireAllowedSecrets(settings, shared.secretArns);
  const network = await privateNetwork(settings, provider);
  const tasks = settings.worker === 'fargate' ? await taskNetwork(settings, network, provider) : undefined;

  const tables = new Tables('tables', { environment }, options);
  const queue = new TurnQueue(
    'queue',
    { environment, place, workerTimeoutSeconds: WORKER_TIMEOUT_SECONDS },
    options,
  );
  const handOffs = new HandOffQueue('hand-offs', { environment, place, keyArn: shared.keyArn }, options);
  // Both programs look businesses up, and both open what `ENCRYPTION_SECRET` holds.
  const lookingUp = settings.plain.BUSINESSES === 'mongodb' ? [decryptDataKeysGrant(shared.keyArn)] : [];
  const remembering = [tables.remembering, queue.waking, ...lookingUp];
  const answering = [
    tables.answering,
    queue.receiving,
    queue.waking,
    ...handingOff(settings, handOffs),
    ...lookingUp,
  ];
  const parameters = new Parameters(
    'parameters',
    {
      environment,
      keyArn: shared.keyArn,
      plain: { ...variablesOfStack(settings), ...variablesOf([...remembering, ...answering]) },
      secret: Object.fromEntries(settings.secrets.map((name) => [name, secretValue(name)])),
      references: settings.references,
      referenceKeyArns: settings.secretKeyArns,
      region: settings.region,
    },
    options,
  );

  const image = settings.image ?? buildImage(settings, shared, options);
  const webService = createWebService(
    settings,
    { place, shared, image, parameters, network, grants: remembering },
    options,
  );
  const workerParts = { place, shared, image, parameters, network, grants: answering };
  const queueArn = queue.queue.arn;
  const worker = createWorker(settings, { ...workerParts, queueArn, tasks }, options);

  const { alarmTopicArn: topicArn, runbookUrl } = shared;
  new Alarms('alarms', { environment, topicArn, runbookUrl, webService, worker, queue, handOffs }, options);
  subscribeOperators(settings, shared, provider);
  const dashboard = new Dashboard(
    'dashboard',
    { environment, place, webService, worker, queue, handOffs, tables },
    options,
  );

  return {
    url: webService.url,
    webhookUrl: pulumi.interpolate`${webService.url}/whatsapp/v2`,
    image: webService.image,
    serviceArn: webService.serviceArn,
    queueUrl: queue.queue.url,
    deadLetterQueueUrl: queue.deadLetters.url,
    handOffQueueUrl: handOffs.queue.url,
    dashboardUrl: dashboard.url,
    ...dnsOf(webService),
    logGroups: { web: webService.logGroup, worker: worker.logGroup },
  };
}

/**
 * The queue is for stacks that have no webhook for hand-offs: what is posted to it needs no consumer of the queue, where the
 * words of people would wait for nobody and raise an alarm.
 */
function handingOff({ plain }: EnvironmentSettings, handOffs: HandOffQueue): readonly Grant[] {
  return plain.HANDOFF_WEBHOOK_URL === undefined ? [handOffs.handingOff] : [];
}

/** The DNS records of a custom domain: its target, and the validation records of its certificate. */
function dnsOf(webService: WebService): Record<string, pulumi.Output<unknown>> {
  if (!(webService instanceof AppRunnerService) || webService.domain === undefined) return {};
  return {
    dnsTarget: webService.domain.dnsTarget,
    dnsProofs: webService.domain.certificateValidationRecords,
  };
}

/**
 * The plain variables: the defaults, overridden by what the stack itself knows, overridden by what the operator sets. With
 * the defaults the parameter tree shows the whole configuration.
 */
function variablesOfStack(settings: EnvironmentSettings): Record<string, string> {
  return {
    ...without(DEFAULTS, Object.keys(settings.references)),
    DEPLOYMENT_TYPE: settings.stack,
    AWS_REGION: settings.region,
    ...(settings.domain === undefined ? {} : { PUBLIC_URL: `https://${settings.domain}` }),
    ...settings.plain,
  };
}

function without(variables: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}

function buildImage(
  settings: EnvironmentSettings,
  shared: SharedOutputs,
  options: pulumi.ComponentResourceOptions,
) {
  const args = { environment: settings.stack, repositoryUrl: shared.repositoryUrl, context: PROJECT_FOLDER };
  return new BuiltImage('image', args, options).reference;
}

/** What both programs are made with. */
interface Dependencies {
  readonly place: Place;
  readonly shared: SharedOutputs;
  readonly image: pulumi.Input<string>;
  readonly parameters: Parameters;
  readonly network: PrivateNetwork | undefined;
  readonly grants: readonly Grant[];
}

function createWebService(
  settings: EnvironmentSettings,
  dependencies: Dependencies,
  options: pulumi.ComponentResourceOptions,
): WebService {
  const { shared, network } = dependencies;
  const args = {
    environment: settings.stack,
    place: dependencies.place,
    image: dependencies.image,
    size: { cpu: settings.cpu, memory: settings.memory },
    minSize: settings.minSize,
    maxSize: settings.maxSize,
    maxConcurrency: settings.maxConcurrency,
    reading: dependencies.parameters.reading('web service'),
    grants: dependencies.grants,
    boundaryArn: shared.boundaryArn,
    ...(settings.instanceRoleArn === undefined ? {} : { instanceRoleArn: settings.instanceRoleArn }),
  };
  switch (settings.compute) {
    case 'apprunner':
      return new AppRunnerService(
        'web',
        {
          ...args,
          accessRoleArn: settings.accessRoleArn ?? shared.accessRoleArn,
          tracing: settings.tracing,
          ...(network === undefined ? {} : { network }),
          ...(settings.domain === undefined ? {} : { domain: settings.domain }),
        },
        options,
      );
    case 'ecs-express':
      return new EcsExpressService(
        'web',
        {
          ...args,
          infrastructureRoleArn: shared.infrastructureRoleArn,
          repositoryArn: shared.repositoryArn,
          logRetentionDays: settings.logRetentionDays,
          ...(settings.subnets === undefined
            ? {}
            : { network: { subnets: settings.subnets, securityGroups: settings.securityGroups ?? [] } }),
        },
        options,
      );
  }
}

/** With a network for tasks, tasks in it; without one, a Lambda function. */
function createWorker(
  settings: EnvironmentSettings,
  dependencies: Dependencies & {
    readonly queueArn: pulumi.Input<string>;
    readonly tasks: TaskNetwork | undefined;
  },
  options: pulumi.ComponentResourceOptions,
): Worker {
  const { shared, network, tasks } = dependencies;
  const args = {
    environment: settings.stack,
    place: dependencies.place,
    concurrency: concurrencyOf(settings),
    logRetentionDays: settings.logRetentionDays,
    reading: dependencies.parameters.reading('worker'),
    grants: dependencies.grants,
    boundaryArn: shared.boundaryArn,
  };
  if (tasks === undefined) {
    const { queueArn } = dependencies;
    const bundle = bundleFolder(PROJECT_FOLDER, settings.workerBundle);
    return new LambdaWorker(
      'worker',
      { ...args, bundle, queueArn, tracing: settings.tracing, ...(network === undefined ? {} : { network }) },
      options,
    );
  }
  const { image } = dependencies;
  const { repositoryArn } = shared;
  const { workerTasks } = settings;
  return new TaskWorker(
    'worker',
    { ...args, image, repositoryArn, network: tasks, tasks: workerTasks },
    options,
  );
}

/**
 * Sends the alarms of this environment to an address of its own. Pulumi never deletes the subscription: AWS cannot limit
 * `sns:Unsubscribe` to one topic, so no deploy role has it. An address that was replaced leaves by the link in each mail.
 */
function subscribeOperators(
  settings: EnvironmentSettings,
  shared: SharedOutputs,
  provider: aws.Provider,
): void {
  if (settings.alarmEmail === undefined) return;
  new aws.sns.TopicSubscription(
    'operators',
    { topic: shared.alarmTopicArn, protocol: 'email', endpoint: settings.alarmEmail },
    { provider, retainOnDelete: true },
  );
}
