/** Names of variables in the programs that this one replaces. */
import { VARIABLES } from './variables.ts';

/** Variables of those programs that mean nothing here, and why. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  SQS_HEARTBEAT_INTERVAL_MS: 'the worker renews its lease and needs no interval for it',
};

const OF: ReadonlyMap<string, string> = new Map(
  VARIABLES.flatMap(({ name, olderNames = [] }) => olderNames.map((older) => [older, name] as const)),
);

/** Returns the variable that a name of an older program means. */
export function renamed(name: string): string | undefined {
  return OF.get(name);
}

/** Returns the older name that gave a variable its value, by variable. */
function olderNamesUsed(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const isSet = (name: string) => (env[name] ?? '').trim() !== '';
  const used = new Map<string, string>();
  for (const { name, aliases = [], olderNames = [] } of VARIABLES) {
    const older = olderNames.find(isSet);
    if (older !== undefined && ![name, ...aliases].some(isSet)) used.set(name, older);
  }
  return used;
}

/** Returns a warning for each older name in the environment. */
export function olderNameWarnings(env: NodeJS.ProcessEnv): string[] {
  const used = new Set(olderNamesUsed(env).values());
  return Object.keys(env).flatMap((older) => {
    const why = WITHOUT_EFFECT[older];
    if (why !== undefined) return [`${older} has no effect: ${why}. Remove it.`];
    const name = OF.get(older);
    if (name === undefined || (env[older] ?? '').trim() === '') return [];
    return used.has(older)
      ? [`${older} is an older name of ${name}: rename it.`]
      : [`${older} is an older name of ${name}, which is set too: remove it.`];
  });
}

/** Returns the problems with the name under which each variable was set. */
export function withOlderNames(problems: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const used = olderNamesUsed(env);
  return problems.map((problem) => {
    const name = /^\w+/.exec(problem)?.[0] ?? '';
    const older = used.get(name);
    return older === undefined ? problem : `${name} (set as ${older})${problem.slice(name.length)}`;
  });
}
