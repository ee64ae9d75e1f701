/** DynamoDB and SQS as processes of the test's own, each on a port that stays, to be killed and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, openSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../scripts/chaos/own-process.ts';
import { temporaryFolder } from '../../fakes/folder.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/**
 * The programs as packages name them: each is a JVM that takes the arguments of DynamoDB Local ("DynamoDB local usage
 * notes"), or the settings of `JAVA_TOOL_OPTIONS`.
 */
const DYNAMODB_LOCAL = 'dynamodb-local';
const ELASTICMQ = 'elasticmq-server';

export const missingServers = [DYNAMODB_LOCAL, ELASTICMQ]
  .filter((name) => !isOnPath(name))
  .map((name) => `no ${name} on PATH; npm's emulator stands in`);

export interface Server {
  readonly url: string;
  /** Resolves when it answers. Throws when it ends instead. */
  start(): Promise<void>;
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>;
}

/** With its tables on disk. */
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

/** With one queue, whose messages are on disk, or gone when it is killed. */
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
  return server(port, npmProgram('fauxqs', 'dist', 'cli.js'), {
    ...{ FAUXQS_PORT: port, FAUXQS_INIT: settings },
    ...(messages === 'kept' && { FAUXQS_DATA_DIR: folder, FAUXQS_PERSISTENCE: 'true' }),
  });
}

/** H2 writes what was committed half a second late, unless it is told not to ("MVStore", `WRITE_DELAY`). */
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

function server(port: string, [file = '', ...words]: readonly string[], environment = {}): Server {
  const url = `http://127.0.0.1:${port}`;
  const log = join(temporaryFolder(), 'log');
  let dies = async (): Promise<void> => {};
  onTestFinished(() => dies());
  return {
    url,
    async start() {
      const output = openSync(log, 'a');
      const env = { PATH: process.env.PATH, ...environment };
      // A group of its own, since what is on PATH may be a script that waits for the program.
      const child = spawn(file, words, { env, detached: true, stdio: ['ignore', output, output] });
      closeSync(output);
      const exited = once(child, 'exit');
      dies = async () => {
        if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
          process.kill(-child.pid, 'SIGKILL');
        await exited;
      };
      while (!(await fetch(url).then(Boolean, () => false))) {
        if (child.exitCode !== null) throw new Error(`${file} ended: ${readFileSync(log, 'utf8')}`);
        await sleep(50);
      }
    },
    kill: () => dies(),
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
