/** The variables of the application that a stack has: those of its one table that a program in AWS reads. */
import { whyRequired } from '../app/config/required.ts';
import type { Program, Variable } from '../app/config/variable.ts';
import { VARIABLES as ALL } from '../app/config/variables.ts';

export { kebabCase } from '../app/config/parameter-name.ts';
export type { Program } from '../app/config/variable.ts';

/** A variable that at least one program of a stack reads. */
export type StackVariable = Variable & { readonly readBy: readonly Program[] };

export const VARIABLES: readonly StackVariable[] = ALL.filter(
  (variable): variable is StackVariable => variable.readBy !== undefined,
);

/** Variables of the application that a stack never carries. */
export const NOT_IN_AWS: readonly string[] = ALL.filter(({ readBy }) => readBy === undefined).map(
  ({ name }) => name,
);

/** The defaults of the programs, for variables that neither the operator nor the infrastructure sets. */
export const DEFAULTS: Readonly<Record<string, string>> = Object.fromEntries(
  VARIABLES.flatMap(({ name, setBy, ...row }) =>
    setBy === 'infra' || row.default === undefined ? [] : [[name, row.default]],
  ),
);

/** Returns the required variables without a value. `set` holds values by name; for a secret any text is a value. */
export function missingVariables(set: Readonly<Record<string, string>>): readonly StackVariable[] {
  const values = { ...DEFAULTS, ...set };
  return VARIABLES.filter(({ name, setBy, requiredWhen, requiredInAws }) => {
    if (setBy === 'infra' || set[name] !== undefined) return false;
    return [requiredWhen, requiredInAws].some((when) => whyRequired(name, when, values) !== undefined);
  });
}
