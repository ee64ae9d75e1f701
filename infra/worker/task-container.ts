import type * as pulumi from '@pulumi/pulumi';
import { inOrder } from '../ecs-task.ts';
import type { WorkerArgs } from '../worker.ts';
import type { TaskNetwork } from './task-network.ts';

export interface TaskWorkerArgs extends WorkerArgs {
  /** A digest reference. */
  readonly image: pulumi.Input<string>;
  readonly repositoryArn: pulumi.Input<string>;
  readonly network: TaskNetwork;
  /** Tasks; they share `concurrency` evenly. */
  readonly tasks: number;
}

/** The program ends within 10 seconds of SIGTERM by itself; a little more for a busy machine. AWS allows 120. */
const STOP_SECONDS = 20;
const HEALTH_CHECK = { interval: 10, timeout: 5, retries: 3, startPeriod: 15 };

/** The container definition of a task: the web service's image with the options of the polling worker. */
export function container(
  { image, reading, place, concurrency, tasks }: TaskWorkerArgs,
  logGroup: pulumi.Input<string>,
) {
  const variables = { AWS_REGION: place.region, ...reading.variables };
  const slots = Math.ceil(concurrency / tasks);
  return {
    name: 'worker',
    image,
    essential: true,
    // The image's own command, with its options.
    command: ['--enable-source-maps', '/app/index.js', '--worker', '--concurrency', String(slots)],
    environment: inOrder(variables).map(([name, value]) => ({ name, value })),
    secrets: inOrder(reading.parameters).map(([name, { arn }]) => ({ name, valueFrom: arn })),
    readonlyRootFilesystem: true,
    stopTimeout: STOP_SECONDS,
    // A task counts for a deployment once it is healthy, so one that ends at its start never does (Amazon ECS developer
    // guide, "How the Amazon ECS deployment circuit breaker detects failures"). The worker listens on no port: the check
    // passes when the container still runs after ten seconds.
    healthCheck: { command: ['CMD', '/nodejs/bin/node', '--version'], ...HEALTH_CHECK },
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': logGroup,
        'awslogs-region': place.region,
        'awslogs-stream-prefix': 'worker',
        // When CloudWatch does not respond, lines are dropped and turns go on.
        mode: 'non-blocking',
        'max-buffer-size': '4m',
      },
    },
  };
}
