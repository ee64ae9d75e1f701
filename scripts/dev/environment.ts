import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { CommandError, messageOf } from '../errors.ts';
import type { Part } from './parts.ts';

/** Node keeps compiled code there (Node.js documentation, "Module compile cache"): a start takes half the time. */
const DEFAULTS = { NODE_COMPILE_CACHE: 'node_modules/.cache/compiled' };

/** Returns the variables of a file as `node --env-file` reads it; none when it does not exist. Throws `CommandError`. */
function readEnvFile(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && error.code === 'ENOENT') return {};
    throw new CommandError(`${path} cannot be read: ${error.message}`, { cause: error });
  }
}

/** Returns a function that reads the file again. While it cannot be read, that is said and the former values stay. */
export function envFileReader(path: string, say: (sentence: string) => void): () => NodeJS.Dict<string> {
  let variables = readEnvFile(path);
  return () => {
    try {
      variables = readEnvFile(path);
    } catch (error) {
      say(messageOf(error));
    }
    return variables;
  };
}

/** Returns the environment of a part: its own values, else ours, else those of the file. */
export function environmentOf(part: Part, file: NodeJS.Dict<string>): NodeJS.ProcessEnv {
  return { ...DEFAULTS, ...file, ...process.env, ...part.environment };
}

/** Returns one sentence about the values of the file and of our environment that the parts do not get; undefined: none. */
export function replacedSentence(parts: readonly Part[], file: NodeJS.Dict<string>): string | undefined {
  const set: NodeJS.Dict<string> = { ...file, ...process.env };
  const own = parts.flatMap(({ environment }) => Object.entries(environment));
  const replaced = own.filter(([name, value]) => (set[name] ?? '') !== '' && set[name] !== value);
  const names = [...new Set(replaced.map(([name]) => name))].sort();
  if (names.length === 0) return undefined;
  return `Set here, whatever .env or the environment says: ${names.join(', ')}`;
}
