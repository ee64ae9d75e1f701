import { namesThisMachine } from '../../app/config/connection-string.ts';
import { heldIn } from '../../app/config/secret-shapes.ts';
import { ENVIRONMENT } from '../../app/config/variables.ts';
import { weaknessOf } from '../../app/config/weak-values.ts';
import { valueProblem } from './parameter-value.ts';

/**
 * Returns why a stack cannot have a secret with this value: Parameter Store would reject it, it could be guessed or exposes
 * what it opens, the programs could not read it, or it names a database on the machine that it is read on. No sentence
 * contains the value. Undefined for a valid one.
 */
export function secretProblem(name: string, value: string): string | undefined {
  const held = heldIn(name, value);
  if (typeof held === 'string') return held;
  const inside = held[name] ?? value;
  return (
    valueProblem(value) ??
    weaknessOf(name, inside) ??
    malformation(name, inside) ??
    placeProblem(name, inside)
  );
}

/** By the schema of the variable. */
function malformation(name: string, value: string): string | undefined {
  const schema = Object.entries(ENVIRONMENT.shape).find(([variable]) => variable === name)?.[1];
  return schema?.safeParse(value).error?.issues[0]?.message;
}

function placeProblem(name: string, value: string): string | undefined {
  if (name !== 'MONGODB_URI' || !namesThisMachine(value)) return undefined;
  return 'names localhost, which in AWS is the container or function itself; name the hosts of the database';
}
