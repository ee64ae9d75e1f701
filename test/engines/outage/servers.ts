/** DynamoDB and SQS as processes of the test, each with a fixed port, that can be killed and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePort } from '#scripts/chaos/own-process.ts';
import { REGION } from '../../fakes/dynamodb.ts';
import { temporaryFolder } from '../../fakes/folder.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/**
 * Program names as in packages. The first takes the options of Amazon's jar ("DynamoDB local usage notes"), the second
 * reads `JAVA_TOOL_OPTIONS`. A start script must `exec` the server: otherwise only the script would be killed.
 */
const DYNAMODB_LOCAL = 'dynamodb-local';
const ELASTICMQ = 'elasticmq-server';

export const missingServers = [DYNAMODB_LOCAL, ELASTICMQ]
  .filter((name) => !isOnPath(name))
  .map((name) => `no ${name} on PATH; npm's emulator is used instead`);

export interface Server {
  readonly url: string;
  /** Resolves when the server responds. Throws when the process exits first. */
  start(): Promise<void>;
  /** SIGKILL. Resolves when the process has exited. */
  kill(): Promise<void>;
}

/** DynamoDB with its tables on disk. */
export async function dynamoDbServer(): Promise<Server> {
  const port = String(await freePort());
  const folder = temporaryFolder();
  return isOnPath(DYNAMODB_LOCAL)
    ? server(port, [DYNAMODB_LOCAL, '-port', port, '-dbPath', folder, '-sharedDb', '-disableTelemetry'])
    : server(port, [
        ...npmProgram('dynalite', 'cli.js'),
        '--port',
        port,
        '--path',
        folder,
        '--createTableMs',
        '0',
      ]);
}

export const QUEUE = 'turns';

/** SQS with one queue. Its messages are on disk (`kept`) or are lost when the process is killed. */
export async function sqsServer(messages: 'kept' | 'lost'): Promise<Server> {
  const port = String(await freePort());
  const folder = temporaryFolder();
  const settings = join(folder, 'settings');
  if (isOnPath(ELASTICMQ)) {
    writeFileSync(
      settings,
      elasticMqSettings(port, messages === 'kept' ? join(folder, 'messages') : undefined),
    );
    return server(port, [ELASTICMQ], { JAVA_TOOL_OPTIONS: `-Dconfig.file=${settings}` });
  }
  writeFileSync(settings, JSON.stringify({ queues: [{ name: QUEUE }] }));
  // The package's command stores nothing on disk; the program of its image does.
  return server(port, npmProgram('fauxqs', 'dist', 'server.js'), {
    ...{ FAUXQS_PORT: port, FAUXQS_INIT: settings, FAUXQS_DEFAULT_REGION: REGION },
    ...(messages === 'kept' && { FAUXQS_DATA_DIR: folder, FAUXQS_PERSISTENCE: 'true' }),
  });
}

/** H2 writes commits half a second late by default ("MVStore", `WRITE_DELAY`). */
const elasticMqSettings = (port: string, messages?: string) => `
include classpath("application.conf")
node-address { host = "127.0.0.1", port = ${port} }
rest-sqs { bind-hostname = "127.0.0.1", bind-port = ${port}, sqs-limits = strict }
rest-stats { enabled = false }
queues { ${QUEUE} {} }
messages-storage { enabled = ${messages !== undefined}, uri = "jdbc:h2:${messages};WRITE_DELAY=0" }
`;

function npmProgram(...path: readonly string[]): string[] {
  return [process.execPath, join(ROOT, 'node_modules', ...path)];
}

function server(port: string, [file = '', ...args]: readonly string[], environment = {}): Server {
  const url = `http://127.0.0.1:${port}`;
  const log = join(temporaryFolder(), 'log');
  let kill = async (): Promise<void> => {};
  onTestFinished(() => kill());
  return {
    url,
    async start() {
      const output = openSync(log, 'a');
      const env = { PATH: process.env.PATH, ...environment };
      const child = spawn(file, args, { env, stdio: ['ignore', output, output] });
      closeSync(output);
      const exited = once(child, 'exit');
      kill = async () => {
        child.kill('SIGKILL');
        await exited;
      };
      while (!(await fetch(url).then(Boolean, () => false))) {
        if (child.exitCode !== null) throw new Error(`${file} exited: ${readFileSync(log, 'utf8')}`);
        await sleep(50);
      }
    },
    kill: () => kill(),
  };
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
