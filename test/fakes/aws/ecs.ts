import { type Call, Failure } from './failure.ts';

const REVISION = 'arn:aws:ecs:us-west-2:123456789012:service-revision/default/ansari-whatsapp-staging/1';

/** Express Mode with at most one service, and a worker that runs as tasks. */
export class FakeEcs {
  image: string | undefined;
  /** The newest deployment of the worker; absent: its cluster does not exist either. */
  worker: { image: string; running: number; wanted: number; rollout: string } | undefined;
  /** The number of descriptions of the worker during which older tasks still run. */
  workerBusyFor = 0;
  deployment = 'SUCCESSFUL';
  status = 'ACTIVE';
  /** The error for a missing service; `ClusterNotFoundException` before the first service of an account. */
  absent: [type: string, message: string] = ['ResourceNotFoundException', 'The service was not found.'];

  answer({ action, input }: Call): unknown {
    switch (action) {
      case 'DescribeExpressGatewayService':
        return { service: this.#describe(String(input.serviceArn)) };
      case 'ListServiceDeployments':
        return {
          serviceDeployments: [
            { status: this.deployment, startedAt: 1_760_000_100, createdAt: 1_760_000_099 },
            { status: 'SUCCESSFUL', createdAt: 1_760_000_000 },
          ],
        };
      case 'DescribeServiceRevisions':
        return {
          serviceRevisions: [{ serviceRevisionArn: REVISION, containerImages: [{ image: this.image }] }],
        };
      case 'DescribeServices':
        return { services: [this.#describeWorker(input)] };
      case 'DescribeTaskDefinition':
        return {
          taskDefinition: {
            taskDefinitionArn: input.taskDefinition,
            containerDefinitions: [{ name: 'worker', image: this.worker?.image }],
          },
        };
      default:
        throw new Failure('InvalidParameterException', action);
    }
  }

  #describeWorker({ cluster, services }: Call['input']) {
    if (this.worker === undefined || cluster !== 'ansari-whatsapp-staging')
      throw new Failure('ClusterNotFoundException', String(cluster));
    const { running, wanted, rollout } = this.worker;
    const older = { status: 'ACTIVE', taskDefinition: 'ansari-whatsapp-staging-worker:1' };
    const newest = {
      status: 'PRIMARY',
      taskDefinition: 'ansari-whatsapp-staging-worker:2',
      rolloutState: rollout,
    };
    const isBusy = this.workerBusyFor > 0;
    if (isBusy) this.workerBusyFor -= 1;
    return {
      serviceName: String(services),
      status: 'ACTIVE',
      runningCount: running,
      desiredCount: wanted,
      deployments: isBusy ? [newest, older] : [newest],
    };
  }

  #describe(arn: string) {
    if (this.image === undefined || !arn.endsWith(':service/default/ansari-whatsapp-staging')) {
      throw new Failure(...this.absent);
    }
    const ingressPaths = [{ accessType: 'PUBLIC', endpoint: 'abc.ecs.us-west-2.on.aws' }];
    return {
      serviceArn: arn,
      status: { statusCode: this.status },
      activeConfigurations: [
        { serviceRevisionArn: REVISION, ingressPaths, primaryContainer: { image: this.image } },
      ],
    };
  }
}
