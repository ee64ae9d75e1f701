import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Failure, type Outcome, startRuntimeApi } from './lambda-runtime-api.ts';

export interface LambdaFunction {
  /** The unpacked archive: `LAMBDA_TASK_ROOT`. */
  readonly folder: string;
  /** `index.handler` */
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  /** The variables of the function; Lambda's own are added. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Container {
  /** The time from its start to its first request for an invocation, or its initialisation error. */
  readonly started: Promise<{ readonly coldStartMs: number } | { readonly error: Failure }>;
  readonly pid: number | undefined;
  /** The output so far: the log of the function. */
  output(): string;
  /**
   * Runs one invocation. The container is frozen between invocations, and killed when one exceeds its time-out, as in Lambda.
   */
  invoke(event: unknown, remainingMs?: number): Promise<Outcome | 'timed out'>;
}

const BOOTSTRAP = join(import.meta.dirname, 'lambda-bootstrap.ts');
/** Windows cannot suspend a process; there it only waits. */
const CAN_FREEZE = process.platform !== 'win32';

/** Starts one container of the function as a process without our environment variables. It ends with the test. */
export async function startContainer(lambda: LambdaFunction): Promise<Container> {
  const api = await startRuntimeApi();
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    // Lambda reserves about a tenth of the memory for non-heap use.
    [`--max-old-space-size=${Math.floor(lambda.memoryMb * 0.9)}`, BOOTSTRAP],
    { cwd: lambda.folder, env: environmentOf(lambda, api.address), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    await api.close();
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = ended.then(([code, signal]) => {
    throw new Error(`the container ended with ${code ?? signal}\n${output}`);
  });
  exited.catch(() => {});

  const started = Promise.race([
    api.nextRequested().then(() => ({ coldStartMs: performance.now() - startedAt })),
    api.initError.then((error) => ({ error })),
    exited,
  ]);
  started.then(() => freeze(child)).catch(() => {});

  return {
    started,
    pid: child.pid,
    output: () => output,
    async invoke(event, remainingMs = lambda.timeoutMs) {
      const cold = await started;
      if ('error' in cold) throw new Error(`the container did not start: ${cold.error.errorMessage}`);
      if (CAN_FREEZE) child.kill('SIGCONT');
      const done = new AbortController();
      const outcome = await Promise.race([
        api.invoke(event, remainingMs),
        timedOut(remainingMs, done.signal),
        exited,
      ]);
      done.abort();
      if (outcome === 'timed out') child.kill('SIGKILL');
      else {
        await Promise.race([api.nextRequested(), exited]);
        freeze(child);
      }
      return outcome;
    },
  };
}

function freeze(child: ChildProcess): void {
  if (CAN_FREEZE) child.kill('SIGSTOP');
}

function timedOut(ms: number, done: AbortSignal): Promise<'timed out'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('timed out'), ms);
    done.addEventListener('abort', () => clearTimeout(timer));
  });
}

/** Lambda developer guide, "Defined runtime environment variables". */
function environmentOf({ folder, handler, memoryMb, environment }: LambdaFunction, api: string) {
  return {
    ...environment,
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: folder,
    AWS_LAMBDA_RUNTIME_API: api,
    AWS_LAMBDA_FUNCTION_NAME: 'worker',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: '/a/log/group',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: 'us-west-2',
    AWS_DEFAULT_REGION: 'us-west-2',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'test',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
  };
}
