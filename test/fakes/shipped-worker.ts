/** The worker as `pulumi up` ships it: its bundle, settings and parameters according to the plan of staging. */
import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { makePlan } from '#infra/cli/plan/make.ts';
import { temporaryFolder } from './folder.ts';

const root = join(import.meta.dirname, '../..');

const FUNCTION = z.object({
  code: z.literal('[archive dist/worker]'),
  handler: z.string(),
  memorySize: z.number(),
  timeout: z.number(),
  environment: z.object({ variables: z.record(z.string(), z.string()) }),
});
const QUEUE = z.object({ visibilityTimeoutSeconds: z.number() });
const PARAMETER = z.object({ name: z.string(), insecureValue: z.string().optional() });

export interface ShippedWorker {
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly visibilitySeconds: number;
  /** The parameters by full name, with these values by the last segment of the name instead of those of the plan. */
  parameters(values: Readonly<Record<string, string>>): Record<string, string>;
  /** Unpacks the archive into a new folder without a `node_modules` above it. */
  unpack(): string;
}

/** Builds the bundle and plans the stack with these operator variables. */
export async function shippedWorker(operatorVariables: readonly string[]): Promise<ShippedWorker> {
  const built = temporaryFolder();
  const building = promisify(execFile)(process.execPath, ['scripts/build.ts', '--into', built], {
    cwd: root,
  });
  const overrides = operatorVariables.map((name) => [`environment.${name}`, 'https://example.org']);
  const { resources } = await makePlan('staging', Object.fromEntries(overrides));
  await building;
  const one = <T>(schema: z.ZodType<T>, type: string, name: string): T =>
    schema.parse(resources.find((found) => found.type === type && found.name === name)?.inputs);
  const lambda = one(FUNCTION, 'aws:lambda/function:Function', 'worker');
  const parameters = resources
    .filter(({ type }) => type === 'aws:ssm/parameter:Parameter')
    .map(({ inputs }) => PARAMETER.parse(inputs));
  return {
    handler: lambda.handler,
    memoryMb: lambda.memorySize,
    timeoutMs: lambda.timeout * 1000,
    environment: lambda.environment.variables,
    visibilitySeconds: one(QUEUE, 'aws:sqs/queue:Queue', 'turns').visibilityTimeoutSeconds,
    parameters: (values) =>
      Object.fromEntries(
        parameters.map(({ name, insecureValue = '' }) => [
          name,
          values[name.slice(name.lastIndexOf('/') + 1)] ?? insecureValue,
        ]),
      ),
    unpack() {
      const folder = temporaryFolder();
      cpSync(join(built, 'worker'), folder, { recursive: true });
      return folder;
    },
  };
}
