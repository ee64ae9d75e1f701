/** The variables of the command: of the environment and `.env`, or of a stack. */
import { existsSync } from 'node:fs';
import { ENVIRONMENT } from '../../app/config/variables.ts';
import { readVariables } from '../../app/config.ts';
import { withParameters } from '../../app/worker/parameters.ts';
import { regionOf } from '../../infra/cli/release/stack.ts';
import { parametersPath } from '../../infra/names.ts';
import { kebabCase } from '../../infra/variables.ts';
import { environmentOf } from '../environment.ts';

const DATABASE = ENVIRONMENT.pick({
  DEPLOYMENT_TYPE: true,
  MONGODB_URI: true,
  MONGODB_DB_NAME: true,
}).required();
const KEYS = ENVIRONMENT.pick({ DEPLOYMENT_TYPE: true, ENCRYPTION_SECRET: true }).required();
const GRAPH = ENVIRONMENT.pick({ META_API_URL: true, META_API_VERSION: true });
const NUMBER = ENVIRONMENT.pick({
  DEPLOYMENT_TYPE: true,
  META_BUSINESS_PHONE_NUMBER_ID: true,
  META_ACCESS_TOKEN_FROM_SYS_USER: true,
}).required();

export interface Settings {
  readonly region: string | undefined;
  /** Each resolves to the values, and throws `ConfigError` with every problem, or an error of AWS. */
  database(): Promise<(typeof DATABASE)['_output']>;
  keys(): Promise<(typeof KEYS)['_output']>;
  graph(): Promise<(typeof GRAPH)['_output']>;
  /** The number that the environment serves with BUSINESSES=env. */
  number(): Promise<(typeof NUMBER)['_output']>;
}

/** Throws `UsageError` for a word that is no stack. Reads nothing yet. */
export function settingsOf({ stack }: { readonly stack?: string | undefined }): Settings {
  const source = stack === undefined ? localSource() : stackSource(stack);
  return {
    region: source.region,
    database: async () => readVariables(await source.read(DATABASE.shape, 'mongodb'), DATABASE),
    keys: async () => readVariables(await source.read(KEYS.shape, 'mongodb'), KEYS),
    graph: async () => readVariables(await source.read(GRAPH.shape, 'mongodb'), GRAPH),
    number: async () => readVariables(await source.read(NUMBER.shape, 'env'), NUMBER),
  };
}

interface Source {
  readonly region: string | undefined;
  /** Resolves to an environment with the variables. `BUSINESSES` decides which ones are required. */
  read(variables: object, BUSINESSES: 'env' | 'mongodb'): Promise<NodeJS.ProcessEnv>;
}

/** The same `.env` as `npm start`. */
function localSource(): Source {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return {
    region: process.env.AWS_REGION,
    read: async (_variables, BUSINESSES) => ({ ...process.env, BUSINESSES }),
  };
}

/** Without `.env`: what this machine is configured for must not stand in for the stack. */
function stackSource(word: string): Source {
  const stack = environmentOf(word);
  const region = regionOf(stack);
  return {
    region,
    async read(variables, BUSINESSES) {
      const references = Object.keys(variables)
        .filter((name) => name !== 'DEPLOYMENT_TYPE')
        .map((name) => [name, `ssm:${parametersPath(stack)}/${kebabCase(name)}`]);
      const values = await withParameters(Object.fromEntries(references), { region });
      return { ...values, BUSINESSES, DEPLOYMENT_TYPE: stack };
    },
  };
}
