import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { type AwsPlace, clientSettings } from '../aws/client.ts';
import { awsUnavailable } from '../aws/errors.ts';
import { kebabCase } from '../config/parameter-name.ts';
import { parseJson } from '../json.ts';

/**
 * Lambda does not resolve parameters, so a variable holds a reference: this prefix and the parameter's name. The prefix alone
 * is the parameter with the variable's own name in the path `PARAMETERS_PATH`. After a `#` follows the field of a value that
 * is a JSON object, as secrets of Secrets Manager are.
 */
const REFERENCE = 'ssm:';
/** GetParameters takes at most ten names (SSM API reference). */
const BATCH_SIZE = 10;

/** A variable refers to an SSM parameter that does not exist, or to a field that its value does not have. */
export class MissingParameters extends Error {
  override readonly name = 'MissingParameters';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Resolves to the environment with every reference to an SSM parameter replaced by the parameter's value. Makes no call
 * when there is no reference. Throws `Unavailable` with what an operator can do, or `MissingParameters`.
 */
export async function withParameters(env: Environment, place: AwsPlace = {}): Promise<Environment> {
  const references = Object.entries(env).flatMap(([variable, value]) =>
    value?.startsWith(REFERENCE) ? [referenceIn(value, variable, env)] : [],
  );
  if (references.length === 0) return env;
  const values = await read([...new Set(references.map(({ name }) => name))], place);
  const missing = references.filter(({ name }) => !values.has(name));
  if (missing.length > 0) {
    const names = missing.map(({ variable, name }) => `${variable} (${name})`).join(', ');
    throw new MissingParameters(`SSM has no parameter for ${names}. Create it, or deploy the stack again.`);
  }
  const resolved = references.map((reference) => [
    reference.variable,
    resolvedValue(reference, values.get(reference.name) ?? ''),
  ]);
  return { ...env, ...Object.fromEntries(resolved) };
}

interface Reference {
  readonly variable: string;
  readonly name: string;
  readonly field: string | undefined;
}

function referenceIn(text: string, variable: string, { PARAMETERS_PATH = '' }: Environment): Reference {
  const [name = '', field] = text.slice(REFERENCE.length).split('#', 2);
  return { variable, name: name === '' ? `${PARAMETERS_PATH}/${kebabCase(variable)}` : name, field };
}

/** Throws `MissingParameters`, without the value. */
function resolvedValue({ variable, name, field }: Reference, value: string): string {
  if (field === undefined) return value;
  const found = z.record(z.string(), z.unknown()).safeParse(parseJson(value)).data?.[field];
  if (typeof found === 'string') return found;
  throw new MissingParameters(`${name} holds no JSON object with text in ${field}, which ${variable} is.`);
}

async function read(names: readonly string[], place: AwsPlace): Promise<Map<string, string>> {
  const ssm = new SSMClient(clientSettings(place));
  const values = new Map<string, string>();
  try {
    for (let start = 0; start < names.length; start += BATCH_SIZE) {
      const Names = names.slice(start, start + BATCH_SIZE);
      const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names, WithDecryption: true }));
      for (const { Name = '', Value = '' } of Parameters) values.set(Name, Value);
    }
    return values;
  } catch (error) {
    throw awsUnavailable(error, 'SSM parameters');
  } finally {
    ssm.destroy();
  }
}
