/** Where commands on an operator's machine find the value of a variable of a stack. */
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
