import { isRecord } from './is-record.ts';
import type { Rule } from './rule.ts';

/** Returns the value at a path of keys; undefined when a key is missing. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}

export const predictable: readonly Rule[] = [
  {
    name: 'images-are-digests',
    description: 'Images are named by digest, and change only when Pulumi changes them.',
    check: ({ type, inputs }) => {
      if (type === 'aws:ecs/expressGatewayService:ExpressGatewayService') {
        return digest(at(inputs, 'primaryContainer', 'image'));
      }
      if (type === 'aws:ecs/taskDefinition:TaskDefinition') {
        return imagesIn(inputs.containerDefinitions).flatMap(digest);
      }
      if (type !== 'aws:apprunner/service:Service') return [];
      return [
        ...digest(at(inputs, 'sourceConfiguration', 'imageRepository', 'imageIdentifier')),
        ...(at(inputs, 'sourceConfiguration', 'autoDeploymentsEnabled') === false
          ? []
          : ['deploys whatever is pushed']),
      ];
    },
  },
  {
    name: 'health-checks-use-http',
    description: 'A service that responds to no request is unhealthy, even when its port is open.',
    check: ({ type, inputs }) =>
      type === 'aws:apprunner/service:Service' &&
      at(inputs, 'healthCheckConfiguration', 'protocol') !== 'HTTP'
        ? ['is healthy as soon as its port is open']
        : [],
  },
  {
    name: 'logs-expire',
    description: 'Every log group has a retention period.',
    check: ({ type, inputs }) =>
      type === 'aws:cloudwatch/logGroup:LogGroup' && typeof inputs.retentionInDays !== 'number'
        ? ['keeps its lines without limit']
        : [],
  },
];

/** Returns the images of a task's containers. The container definitions are one JSON text. */
function imagesIn(definitions: unknown): unknown[] {
  const containers: unknown = typeof definitions === 'string' ? JSON.parse(definitions) : definitions;
  return Array.isArray(containers) ? containers.map((container) => at(container, 'image')) : ['no image'];
}

function digest(image: unknown): string[] {
  return /@sha256:[0-9a-f]{64}$/.test(String(image))
    ? []
    : [`runs ${String(image)}, which can change without a deployment`];
}
