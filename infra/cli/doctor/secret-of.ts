import { pulumi } from '../release/pulumi.ts';

/** Resolves to the value of a secret: of the stack, else of this environment. Undefined when it is in neither, or empty. */
export async function secretOf(stack: string, name: string, hasPulumi: boolean): Promise<string | undefined> {
  const decrypted = hasPulumi ? await pulumi(['config', 'get', name, '--stack', stack]) : undefined;
  const value = decrypted?.code === 0 ? decrypted.stdout.trim() : process.env[name];
  return value === '' ? undefined : value;
}
