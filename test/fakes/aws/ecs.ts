import { type Call, Failure } from './failure.ts';

const REVISION = 'arn:aws:ecs:us-west-2:123456789012:service-revision/default/ansari-whatsapp-staging/1';

/** Express Mode with one service at most. */
export class FakeEcs {
  image: string | undefined;
  deployment = 'SUCCESSFUL';
  status = 'ACTIVE';
  /** How a service that is not there is refused; `ClusterNotFoundException` before the first one of an account. */
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
      default:
        throw new Failure('InvalidParameterException', action);
    }
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
