import { similarName } from './similar.ts';
import { VARIABLES } from './variables.ts';

/** Values of the environment by the documented names of their variables. */
export type RawEnv = Readonly<Record<string, string | undefined>>;

/** Editors on Windows begin a `.env` file with it, and it becomes part of the first name. */
const BYTE_ORDER_MARK = '\uFEFF';

/** Returns the values that are set, under the documented name, an alias or an older name, with their surrounding white space. */
export function untrimmedValues(env: NodeJS.ProcessEnv): RawEnv {
  const texts: Record<string, string | undefined> = {};
  for (const { name, aliases = [], olderNames = [] } of VARIABLES) {
    texts[name] = [name, ...aliases, ...olderNames]
      .map((alias) => unquoted(env[alias] ?? env[BYTE_ORDER_MARK + alias]))
      .find((value) => value !== undefined && value.trim() !== '');
  }
  return texts;
}

/** Returns the values without their surrounding white space. */
export function trimmedValues(untrimmed: RawEnv): RawEnv {
  return Object.fromEntries(Object.entries(untrimmed).map(([name, text]) => [name, text?.trim()]));
}

/** `docker run --env-file` keeps the quotes that shells and dotenv parsers remove. */
function unquoted(value: string | undefined): string | undefined {
  return value?.replace(/^\s*(["'])(.*)\1\s*$/s, '$2');
}

/** Returns the effective values: as set, else the default for the deployment type. */
export function withDefaults(set: RawEnv): RawEnv {
  const echo = /^(true|1|yes|on)$/i.test(set.MOCK_ANSARI_CLIENT ?? '');
  const local = (set.DEPLOYMENT_TYPE ?? 'local') === 'local';
  const filled: Record<string, string | undefined> = {};
  for (const variable of VARIABLES) {
    filled[variable.name] = set[variable.name] ?? (local ? variable.local : undefined) ?? variable.default;
  }
  if (echo && set.ASSISTANT === undefined) filled.ASSISTANT = 'echo';
  return filled;
}

/** Returns the misspelt names by the variable that was probably meant and has no value. */
export function misspeltNames(env: NodeJS.ProcessEnv, set: RawEnv): ReadonlyMap<string, string> {
  const known = VARIABLES.flatMap(({ name, aliases = [], olderNames = [] }) => [
    name,
    ...aliases,
    ...olderNames,
  ]);
  const misspelt = new Map<string, string>();
  for (const name of Object.keys(env)) {
    if (known.includes(name)) continue;
    const meant = similarName(name, known);
    const variable = VARIABLES.find(
      (one) =>
        one.name === meant || [...(one.aliases ?? []), ...(one.olderNames ?? [])].includes(meant ?? ''),
    );
    if (variable !== undefined && set[variable.name] === undefined) misspelt.set(variable.name, name);
  }
  return misspelt;
}
