/** Where commands on an operator's machine find the value of a variable of a stack. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import { Unavailable } from '../../../app/domain/errors.ts';
import { MissingParameters, withExistingParameters } from '../../../app/worker/parameters.ts';
import type { Print } from '../../../scripts/command.ts';
import { type EnvironmentName, parametersPath } from '../../names.ts';
import { parameterReference, secretReference } from '../../settings/secret-reference.ts';
import { lenientTextMap } from '../../settings/shapes.ts';
import { kebabCase } from '../../variables.ts';
import { readConfiguration } from '../plan/stack-file.ts';
import { regionOf } from './stack.ts';

/** As `app/worker/parameters.ts` resolves them, by variable. */
type References = Readonly<Record<string, string>>;

/**
 * Returns a reference for each variable: to the secret or parameter that the stack's file names for it in `secretReferences`
 * (docs/decisions/0031), else to the stack's own parameter.
 */
export function stackReferences(stack: EnvironmentName, variables: readonly string[]): References {
  const named = referencedSecrets(stack);
  const own = (variable: string) => parameterReference(`${parametersPath(stack)}/${kebabCase(variable)}`);
  return Object.fromEntries(variables.map((variable) => [variable, named[variable] ?? own(variable)]));
}

/**
 * Resolves to the values of those variables that the stack has. A secret that it refers to by ARN and that these credentials
 * cannot read is left out and reported: whoever deploys need not be allowed to read it.
 */
export async function stackVariables(
  stack: EnvironmentName,
  variables: readonly string[],
  ssm: SSMClient,
  print: Print,
): Promise<Readonly<Record<string, string | undefined>>> {
  return readVariables(stackReferences(stack, variables), referencedSecrets(stack), ssm, print);
}

/** As `stackVariables`; `named`: the variables that refer to a secret by ARN, and perhaps others. */
export async function readVariables(
  references: References,
  named: References,
  ssm: SSMClient,
  print: Print,
): Promise<Readonly<Record<string, string | undefined>>> {
  const [byArn, own] = [true, false].map((isNamed) =>
    Object.fromEntries(Object.entries(references).filter(([variable]) => variable in named === isNamed)),
  );
  // SSM refuses a whole call when one of its names is forbidden.
  const secrets = await withExistingParameters(byArn ?? {}, { ssm }).catch((error: unknown) => {
    if (!(error instanceof Unavailable || error instanceof MissingParameters)) throw error;
    print(
      `Secrets that the stack refers to cannot be read, so what needs them is not checked: ${error.message}`,
    );
    return {};
  });
  return { ...(await withExistingParameters(own ?? {}, { ssm })), ...secrets };
}

/** Returns the references of the variables whose secret the stack's file names by its ARN. */
export function referencedSecrets(stack: string): References {
  const { config } = readConfiguration(stack);
  return referencesIn(config['ansari-whatsapp:secretReferences'], regionOf(stack));
}

/** Returns the references in the text of `secretReferences`. What is no ARN is left out: the doctor and `pulumi up` report it. */
export function referencesIn(text: string | undefined, region: string): References {
  const named = lenientTextMap.safeParse(text ?? '{}').data ?? {};
  return Object.fromEntries(
    Object.entries(named).flatMap(([variable, arn]) => {
      const read = secretReference(arn, { region, account: undefined });
      return typeof read === 'string' ? [] : [[variable, parameterReference(read.parameter, read.jsonKey)]];
    }),
  );
}
