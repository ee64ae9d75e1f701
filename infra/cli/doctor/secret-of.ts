import { Unavailable } from '../../../app/domain/errors.ts';
import { MissingParameters, withParameters } from '../../../app/worker/parameters.ts';
import { pulumi } from '../release/pulumi.ts';
import { regionOf } from '../release/stack.ts';
import { referencedSecrets } from '../release/stack-parameters.ts';

/** The stack refers to a secret by its ARN, and these credentials cannot read it. */
export class UnreadableSecret extends Error {
  override readonly name = 'UnreadableSecret';
}

/**
 * Resolves to the value of a secret: the one that the stack refers to, else the stack's own, else that of this environment.
 * Undefined when it is in none, or empty. Throws `UnreadableSecret`.
 */
export async function secretOf(stack: string, name: string, hasPulumi: boolean): Promise<string | undefined> {
  const reference = referencedSecrets(stack)[name];
  if (reference !== undefined) return referenced(stack, name, reference);
  const decrypted = hasPulumi ? await pulumi(['config', 'get', name, '--stack', stack]) : undefined;
  const value = decrypted?.code === 0 ? decrypted.stdout.trim() : process.env[name];
  return value === '' ? undefined : value;
}

async function referenced(stack: string, name: string, reference: string): Promise<string | undefined> {
  try {
    return (await withParameters({ [name]: reference }, { region: regionOf(stack) }))[name];
  } catch (error) {
    if (error instanceof Unavailable || error instanceof MissingParameters)
      throw new UnreadableSecret(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
