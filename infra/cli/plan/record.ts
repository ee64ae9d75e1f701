/** Runs the Pulumi program against an engine that only records. */
import { DEFAULT_REGION } from '../../names.ts';
import { type RecordedResource, startEngine } from './engine.ts';
import { SOME_SUBNETS, type Subnets } from './fake-provider.ts';
import { runProgram } from './program.ts';
import type { Values } from './values.ts';

const PROJECT = 'ansari-whatsapp';
const SOME_ACCOUNT = '123456789012';

export interface RecordArgs {
  readonly stack: string;
  /** Full configuration keys, `ansari-whatsapp:image`, to text. */
  readonly config: Readonly<Record<string, string>>;
  /** Which of them are secrets. */
  readonly encrypted?: readonly string[];
  /** Outputs of other stacks, by their name. */
  readonly references?: Readonly<Record<string, Values>>;
  /** The account to simulate. Default: the one that the stack expects. */
  readonly account?: string;
  /** Its subnets. Default: a default network. */
  readonly subnets?: Subnets;
}

export interface Recording {
  readonly stack: string;
  readonly resources: readonly RecordedResource[];
  readonly outputs: Values;
}

/** The program failed. The message is what it reported to the operator. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  /** How many resources were registered before, the stack and its provider not counted. */
  readonly registered: number;

  constructor(message: string, registered: number) {
    super(message);
    this.registered = registered;
  }
}

/** Everything that `pulumi up` of an empty stack would create. Throws `ProgramFailed`. */
export async function record(args: RecordArgs): Promise<Recording> {
  try {
    return await run(args, 0);
  } catch (error) {
    // Pulumi notes where each promise came from, a quarter of the time of a run: only when it is needed.
    if (error instanceof ProgramFailed && error.message.includes('unhandled exception')) return run(args, 10);
    throw error;
  }
}

async function run(args: RecordArgs, frames: number): Promise<Recording> {
  const { stack, config, encrypted = [], references = {}, subnets = SOME_SUBNETS } = args;
  const account = args.account ?? config[`${PROJECT}:accountId`] ?? SOME_ACCOUNT;
  const region = config['aws:region'] ?? DEFAULT_REGION;
  const engine = await startEngine({ account, region, subnets, project: PROJECT, stack, references });
  try {
    const { address } = engine;
    const thrown = await runProgram({ address, project: PROJECT, stack, config, encrypted, frames });
    const { outputs, errors, resources } = engine;
    if (outputs === undefined || errors.length > 0 || thrown !== undefined) {
      const why = errors.join('\n') || thrown || 'the program ended without outputs';
      throw new ProgramFailed(why.trim(), resources.filter(({ type }) => !type.startsWith('pulumi:')).length);
    }
    return { stack, resources, outputs };
  } finally {
    engine.close();
  }
}
