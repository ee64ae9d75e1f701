import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, OwnProcess } from '../own-process.ts';

/** The endpoints of DynamoDB and SQS. */
export interface Emulators {
  readonly dynamoDbUrl: string;
  readonly sqsUrl: string;
  close(): Promise<void>;
}

/** Uses the endpoints in the environment (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS`), or starts emulators from npm. */
export async function startEmulators(env: NodeJS.ProcessEnv, folder: string): Promise<Emulators> {
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS } = env;
  const started: OwnProcess[] = [];
  async function start(name: string, argsFor: (port: number) => readonly string[]): Promise<string> {
    const port = await freePort();
    const emulator = new EmulatorProcess(
      argsFor(port),
      { FAUXQS_PORT: String(port) },
      join(folder, `${name}.log`),
    );
    started.push(emulator);
    const url = `http://127.0.0.1:${port}`;
    await emulator.start(url);
    return url;
  }
  const [dynamoDbUrl, sqsUrl] = await Promise.all([
    AWS_ENDPOINT_URL_DYNAMODB ?? start('dynalite', (port) => [...DYNALITE, '--port', String(port)]),
    AWS_ENDPOINT_URL_SQS ?? start('fauxqs', () => [fileOfPackage('fauxqs', 'cli.js')]),
  ]);
  return {
    dynamoDbUrl,
    sqsUrl,
    async close() {
      await Promise.all(started.map((emulator) => emulator.kill()));
    },
  };
}

const DYNALITE = [fileOfPackage('dynalite', 'cli.js'), '--host', '127.0.0.1', '--createTableMs', '0'];

/** Returns the path of a program that a package contains beside its library. */
function fileOfPackage(name: string, file: string): string {
  return join(dirname(fileURLToPath(import.meta.resolve(name))), file);
}

class EmulatorProcess extends OwnProcess {
  /** Resolves when the emulator responds with any status. */
  async start(url: string): Promise<void> {
    const { child } = this.spawn();
    while (!(await fetch(url).then(Boolean, () => false))) {
      if (child.exitCode !== null) throw new Error(`an emulator exited with code ${child.exitCode}`);
      await sleep(20);
    }
  }
}
