/** The process that runs the Pulumi program, seen from outside. */
import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './root.ts';

const TIMEOUT_MS = 60_000;

/** One run of the program, as it travels to the process. */
export interface RunRequest {
  readonly id: number;
  /** Where the engine listens. */
  readonly address: string;
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly encrypted: readonly string[];
  /** `Error.stackTraceLimit`; with 0 Pulumi saves the time to record where each promise was created. */
  readonly frames: number;
}

export interface RunEnded {
  readonly id: number;
  /** What the program threw; absent when it succeeded. */
  readonly error?: string;
}

interface Program {
  readonly process: ChildProcess;
  readonly runs: Map<number, (error: string | undefined) => void>;
}

let program: Program | undefined;
let lastId = 0;

/**
 * Runs the program once. Resolves to what it threw, undefined when it succeeded. Concurrent calls run one after another. The
 * first run starts the process; it ends with its parent, and does not keep it alive between runs.
 */
export async function runProgram(request: Omit<RunRequest, 'id'>): Promise<string | undefined> {
  program ??= start();
  const { process: child, runs } = program;
  lastId += 1;
  const id = lastId;
  const ended = new Promise<string | undefined>((done) => runs.set(id, done));
  child.ref();
  child.channel?.ref();
  // Ends the process and with it every run: one that hangs would delay the next ones.
  const timeout = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  child.send({ ...request, id } satisfies RunRequest);
  const error = await ended;
  clearTimeout(timeout);
  runs.delete(id);
  if (runs.size === 0) {
    child.unref();
    child.channel?.unref();
  }
  return error;
}

function start(): Program {
  const child = fork(join(import.meta.dirname, 'program-process.ts'), {
    cwd: join(ROOT, 'infra'),
    // Without the options of the parent's own Node, a test runner's among them.
    execArgv: [],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      // A third of the time of a start is compiling Pulumi's packages.
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/compiled'),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const runs: Program['runs'] = new Map();
  const printed: string[] = [];
  for (const pipe of [child.stdout, child.stderr]) {
    pipe?.on('data', (chunk) => printed.push(String(chunk)));
    // A pipe of a child is a socket, which would keep the parent alive.
    if (pipe instanceof Socket) pipe.unref();
  }
  child.on('message', ({ id, error }: RunEnded) => runs.get(id)?.(error));
  child.on('close', (code, signal) => {
    program = undefined;
    for (const end of runs.values())
      end(`the program ended with ${code ?? signal}: ${printed.join('').trim()}`);
  });
  return { process: child, runs };
}
