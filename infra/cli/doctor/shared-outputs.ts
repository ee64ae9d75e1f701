/** The outputs of a shared stack. */
import * as z from 'zod';
import { ENVIRONMENTS } from '../../names.ts';
import { pulumi } from '../release/pulumi.ts';

const ofEnvironment = z.partialRecord(z.enum(ENVIRONMENTS), z.string()).default({});

const outputs = z.object({
  keyArns: ofEnvironment,
  deployRoleArns: z.record(z.string(), z.string()).default({}),
  passableRoleArns: z.array(z.string()).default([]),
  secretArns: z.partialRecord(z.enum(ENVIRONMENTS), z.array(z.string())).default({}),
});

type SharedOutputs = z.infer<typeof outputs>;

/** Resolves to undefined when the stack is not up, or cannot be read. */
export async function readSharedOutputs(sharedStack: string): Promise<SharedOutputs | undefined> {
  const { code, stdout } = await pulumi(['stack', 'output', '--json', '--stack', sharedStack]);
  if (code !== 0) return undefined;
  try {
    const found = outputs.safeParse(JSON.parse(stdout)).data;
    return Object.keys(found?.deployRoleArns ?? {}).length === 0 ? undefined : found;
  } catch {
    return undefined;
  }
}
