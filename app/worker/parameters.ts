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

/** Where the parameters are; a client of the caller's is left open. */
type ParameterPlace = AwsPlace & { readonly ssm?: SSMClient };

/**
 * Resolves to the environment with every reference to an SSM parameter replaced by the parameter's value. Makes no call
 * when there is no reference. Throws `Unavailable` with what an operator can do, or `MissingParameters`.
 */
export async function withParameters(env: Environment, place: ParameterPlace = {}): Promise<Environment> {
  const { values, missing } = await resolveReferences(env, place);
  if (missing.length === 0) return values;
  const names = missing.map(({ variable, name }) => `${variable} (${name})`).join(', ');
  throw new MissingParameters(`SSM has no parameter for ${names}. Create it, or deploy the stack again.`);
}

/** As `withParameters`, but a variable whose parameter does not exist is left out. */
export async function withExistingParameters(
  env: Environment,
  place: ParameterPlace = {},
): Promise<Environment> {
  const { values, missing } = await resolveReferences(env, place);
  const absent = new Set(missing.map(({ variable }) => variable));
  return Object.fromEntries(Object.entries(values).filter(([variable]) => !absent.has(variable)));
}

async function resolveReferences(
  env: Environment,
  place: ParameterPlace,
): Promise<{ readonly values: Environment; readonly missing: readonly Reference[] }> {
  const references = Object.entries(env).flatMap(([variable, value]) =>
    value?.startsWith(REFERENCE) ? [referenceIn(value, variable, env)] : [],
  );
  if (references.length === 0) return { values: env, missing: [] };
  const found = await read([...new Set(references.map(({ name }) => name))], place);
  const missing = references.filter(({ name }) => !found.has(name));
  const resolved = references
    .filter((reference) => !missing.includes(reference))
    .map((reference) => [reference.variable, resolvedValue(reference, found.get(reference.name) ?? '')]);
  return { values: { ...env, ...Object.fromEntries(resolved) }, missing };
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

async function read(
  names: readonly string[],
  { ssm: given, ...place }: ParameterPlace,
): Promise<Map<string, string>> {
  const ssm = given ?? new SSMClient(clientSettings(place));
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
    if (given === undefined) ssm.destroy();
  }
}
