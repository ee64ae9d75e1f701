/** The variables of the command: of the environment and `.env`, or of a stack. */
import { ENVIRONMENT } from '../../app/config/variables.ts';
import { readVariables } from '../../app/config.ts';
import { sourceOf } from '../subcommands/source-of.ts';

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

/** Throws `UsageError` for a word that is no stack. Reads no value yet. */
export async function settingsOf(values: { readonly stack?: string | undefined }): Promise<Settings> {
  const source = await sourceOf(values);
  return {
    region: source.region,
    database: async () => readVariables(await source.read(DATABASE.shape, 'mongodb'), DATABASE),
    keys: async () => readVariables(await source.read(KEYS.shape, 'mongodb'), KEYS),
    graph: async () => readVariables(await source.read(GRAPH.shape, 'mongodb'), GRAPH),
    number: async () => readVariables(await source.read(NUMBER.shape, 'env'), NUMBER),
  };
}
