/** Runs the Pulumi program as Pulumi's language host does, against an engine that only writes down. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type RecordedResource, startEngine } from './engine.ts';
import type { Values } from './values.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const PROJECT = 'ansari-whatsapp';
const SOME_ACCOUNT = '123456789012';
const PATIENCE_MS = 60_000;

export interface RecordArgs {
  readonly stack: string;
  /** Full configuration keys, `ansari-whatsapp:image`, to text. */
  readonly config: Readonly<Record<string, string>>;
  /** Which of them are secrets. */
  readonly encrypted?: readonly string[];
  /** Outputs of other stacks, by their name. */
  readonly references?: Readonly<Record<string, Values>>;
  /** The account that is pretended; absent, the one that the stack expects. */
  readonly account?: string;
}

export interface Recording {
  readonly stack: string;
  readonly resources: readonly RecordedResource[];
  readonly outputs: Values;
}

/** Why the program ended before its end: what it said to the person, without the resources it had registered. */
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
    // Pulumi writes down where each promise came from, a quarter of the time of a run: once somebody wants to know.
    if (error instanceof ProgramFailed && error.message.includes('unhandled exception')) return run(args, 10);
    throw error;
  }
}

async function run(args: RecordArgs, framesOfErrors: number): Promise<Recording> {
  const engine = await startEngine({
    account: args.account ?? args.config[`${PROJECT}:accountId`] ?? SOME_ACCOUNT,
    project: PROJECT,
    stack: args.stack,
    references: args.references ?? {},
  });
  try {
    const said = await runProgram(engine.address, args, framesOfErrors);
    const { outputs, errors, resources } = engine;
    if (outputs === undefined || errors.length > 0 || said.code !== 0) {
      const why = errors.join('\n') || said.text || `the program ended with ${said.code}`;
      throw new ProgramFailed(why.trim(), resources.filter(({ type }) => !type.startsWith('pulumi:')).length);
    }
    return { stack: args.stack, resources, outputs };
  } finally {
    engine.close();
  }
}

function runProgram(
  address: string,
  args: RecordArgs,
  framesOfErrors: number,
): Promise<{ code: number | null; text: string }> {
  const runner = createRequire(import.meta.url).resolve('@pulumi/pulumi/cmd/run/index.js');
  const flags = {
    monitor: address,
    engine: address,
    organization: 'organization',
    project: PROJECT,
    stack: args.stack,
    'root-directory': ROOT,
    pwd: resolve(ROOT, 'infra'),
    parallel: 32,
  };
  const program = spawn(
    process.execPath,
    [
      `--stack-trace-limit=${framesOfErrors}`,
      runner,
      ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
      'index.ts',
    ],
    {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PULUMI_CONFIG: JSON.stringify(args.config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(args.encrypted ?? []),
        PULUMI_NODEJS_TYPESCRIPT: 'false',
        // A third of the time of a run is compiling Pulumi's packages.
        NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
    },
  );
  const text: string[] = [];
  program.stdout.on('data', (chunk) => text.push(String(chunk)));
  program.stderr.on('data', (chunk) => text.push(String(chunk)));
  return new Promise((done, fail) => {
    program.on('error', fail);
    program.on('close', (code) => done({ code, text: text.join('') }));
  });
}
