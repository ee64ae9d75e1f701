import { type Call, Failure } from './failure.ts';

const ARN = 'arn:aws:apprunner:us-west-2:123456789012:service/ansari-whatsapp-staging/0123456789abcdef';

/** App Runner with at most one service, which rolls back when a new image is unhealthy. */
export class FakeAppRunner {
  image: string | undefined;
  status = 'RUNNING';
  /** Images that fail their health check. */
  readonly unhealthy = new Set<string>();
  /** Oldest first. */
  readonly operations: { Id: string; Type: string; Status: string; StartedAt: number }[] = [];
  /** The number of descriptions during which an operation is still in progress. */
  busyFor = 0;

  /** The effect of UpdateService. The status is RUNNING whatever the outcome. */
  update(image: string): void {
    // Pulumi finds nothing to change.
    if (image === this.image) return;
    const healthy = !this.unhealthy.has(image);
    const kind = this.image === undefined ? 'CREATE_SERVICE' : 'UPDATE_SERVICE';
    if (healthy) this.image = image;
    this.operations.push({
      Id: String(this.operations.length),
      Type: kind,
      Status: healthy ? 'SUCCEEDED' : 'ROLLBACK_SUCCEEDED',
      StartedAt: Date.now() / 1000 + this.operations.length,
    });
  }

  answer({ action, input }: Call): unknown {
    switch (action) {
      case 'ListServices':
        return this.#list(input.NextToken);
      case 'DescribeService':
        return { Service: this.#describe(String(input.ServiceArn)) };
      case 'ListOperations':
        return { OperationSummaryList: this.operations };
      default:
        throw new Failure('InvalidRequestException', action);
    }
  }

  /** On the second page, as in an account with many services. */
  #list(token: unknown): unknown {
    const other = { ServiceName: 'another', ServiceArn: `${ARN}x`, ServiceId: 'x', Status: 'RUNNING' };
    if (token === undefined) return { ServiceSummaryList: [other], NextToken: 'more' };
    const service = { ServiceName: 'ansari-whatsapp-staging', ServiceArn: ARN, Status: this.status };
    return { ServiceSummaryList: this.image === undefined ? [] : [service] };
  }

  #describe(arn: string) {
    if (arn !== ARN || this.image === undefined) throw new Failure('ResourceNotFoundException', arn);
    const busy = this.busyFor > 0;
    if (busy) this.busyFor -= 1;
    return {
      ServiceName: 'ansari-whatsapp-staging',
      ServiceId: '0123456789abcdef',
      ServiceArn: ARN,
      ServiceUrl: 'abc.us-west-2.awsapprunner.com',
      Status: busy ? 'OPERATION_IN_PROGRESS' : this.status,
      SourceConfiguration: {
        ImageRepository: { ImageIdentifier: this.image, ImageRepositoryType: 'ECR' },
      },
    };
  }
}
