/** The size and the concurrency of the worker in a planned stack. */
import * as z from 'zod';
import type { RecordedResource } from './engine.ts';
import { numberOf, sizeOf } from './sizes.ts';
import { isRecord, type Values } from './values.ts';
import type { WorkerShape } from './worker-cost.ts';

/** Undefined where a stack has none. */
export function workerIn(resources: readonly RecordedResource[]): WorkerShape | undefined {
  const lambda = inputsOf(resources, 'aws:lambda/function:Function');
  if (lambda !== undefined) return { kind: 'lambda', gb: numberOf(lambda.memorySize, 128) / 1024 };
  const service = inputsOf(resources, SERVICE);
  const task = inputsOf(resources, TASK);
  if (service === undefined || task === undefined) return undefined;
  const { cpu: vcpu, memory: gb } = sizeOf(task);
  const network = service.networkConfiguration;
  const hasPublicAddress = isRecord(network) && network.assignPublicIp === true;
  return { kind: 'fargate', tasks: numberOf(service.desiredCount, 1), vcpu, gb, hasPublicAddress };
}

/** Conversations at a time; undefined where a stack has no worker. */
export function concurrencyIn(resources: readonly RecordedResource[]): number | undefined {
  const scaling = inputsOf(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping')?.scalingConfig;
  if (isRecord(scaling)) return Number(scaling.maximumConcurrency);
  const [container] = CONTAINERS.safeParse(inputsOf(resources, TASK)?.containerDefinitions).data ?? [];
  const tasks = numberOf(inputsOf(resources, SERVICE)?.desiredCount, 1);
  return container === undefined ? undefined : tasks * Number(container.command.at(-1));
}

const SERVICE = 'aws:ecs/service:Service';
const TASK = 'aws:ecs/taskDefinition:TaskDefinition';

/** Whose command ends with the number of conversations. */
const CONTAINERS = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(z.object({ command: z.array(z.string()) })));

function inputsOf(resources: readonly RecordedResource[], wanted: string): Values | undefined {
  return resources.find(({ type }) => type === wanted)?.inputs;
}
