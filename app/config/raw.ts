import { similarName } from './similar.ts';
import { VARIABLES } from './variables.ts';

/** Texts of the environment by the documented name of their variable. */
export type Raw = Readonly<Record<string, string | undefined>>;

/** The texts that are set, under the documented name or an older one, with the white space around them. */
export function untrimmedValues(env: NodeJS.ProcessEnv): Raw {
  const texts: Record<string, string | undefined> = {};
  for (const { name, aliases = [] } of VARIABLES) {
    texts[name] = [name, ...aliases]
      .map((alias) => unquoted(env[alias]))
      .find((value) => value !== undefined && value.trim() !== '');
  }
  return texts;
}

/** The same without the white space around them. */
export function trimmedValues(untrimmed: Raw): Raw {
  return Object.fromEntries(Object.entries(untrimmed).map(([name, text]) => [name, text?.trim()]));
}

/** `docker run --env-file` keeps the quotes that shells and dotenv files take away. */
function unquoted(value: string | undefined): string | undefined {
  return value?.replace(/^\s*(["'])(.*)\1\s*$/s, '$2');
}

/** What is in force: what was set, else the default of this kind of deployment. */
export function withDefaults(set: Raw): Raw {
  const echo = /^(true|1|yes|on)$/i.test(set.MOCK_ANSARI_CLIENT ?? '');
  const local = (set.DEPLOYMENT_TYPE ?? 'local') === 'local';
  const filled: Record<string, string | undefined> = {};
  for (const variable of VARIABLES) {
    filled[variable.name] = set[variable.name] ?? (local ? variable.local : undefined) ?? variable.default;
  }
  if (echo && set.ASSISTANT === undefined) filled.ASSISTANT = 'echo';
  return filled;
}

/** From the variable that was probably meant and has no value, to the name that was set. */
export function misspeltNames(env: NodeJS.ProcessEnv, set: Raw): ReadonlyMap<string, string> {
  const known = VARIABLES.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const misspelt = new Map<string, string>();
  for (const name of Object.keys(env)) {
    if (known.includes(name)) continue;
    const meant = similarName(name, known);
    const variable = VARIABLES.find((one) => one.name === meant || one.aliases?.includes(meant ?? ''));
    if (variable !== undefined && set[variable.name] === undefined) misspelt.set(variable.name, name);
  }
  return misspelt;
}
