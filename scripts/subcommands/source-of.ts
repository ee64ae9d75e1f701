/** Opens the source of variables that a command was called with. */
import { existsSync } from 'node:fs';
import type { EnvironmentName } from '../../infra/names.ts';
import { environmentOf } from '../environment.ts';
import type { Source } from './source.ts';

/** Resolves to the environment and `.env`, or to a stack. Throws `UsageError` for a word that is no stack. Reads no value yet. */
export async function sourceOf({ stack }: { readonly stack?: string | undefined }): Promise<Source> {
  return stack === undefined ? localSource() : openStack(environmentOf(stack));
}

/** The same `.env` as `npm start`. */
function localSource(): Source {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return {
    region: process.env.AWS_REGION,
    read: async (_variables, BUSINESSES) => ({ ...process.env, BUSINESSES }),
  };
}

/** Loaded on demand: the AWS clients are larger than everything else. */
async function openStack(stack: EnvironmentName): Promise<Source> {
  const { stackSource } = await import('./stack-source.ts');
  return stackSource(stack);
}
