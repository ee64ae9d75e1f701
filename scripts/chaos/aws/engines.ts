import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, OwnProcess } from '../own-process.ts';

/** DynamoDB and SQS, as far as a storm needs them. */
export interface Engines {
  readonly dynamoDbUrl: string;
  readonly sqsUrl: string;
  close(): Promise<void>;
}

/** Those that the environment names (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS`), else npm's emulators. */
export async function startEngines(env: NodeJS.ProcessEnv, folder: string): Promise<Engines> {
  const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS } = env;
  const started: OwnProcess[] = [];
  async function start(name: string, words: (port: number) => readonly string[]): Promise<string> {
    const port = await freePort();
    const engine = new EngineProcess(words(port), { FAUXQS_PORT: String(port) }, join(folder, `${name}.log`));
    started.push(engine);
    const url = `http://127.0.0.1:${port}`;
    await engine.start(url);
    return url;
  }
  const [dynamoDbUrl, sqsUrl] = await Promise.all([
    AWS_ENDPOINT_URL_DYNAMODB ?? start('dynalite', (port) => [...DYNALITE, '--port', String(port)]),
    AWS_ENDPOINT_URL_SQS ?? start('fauxqs', () => [beside('fauxqs', 'cli.js')]),
  ]);
  return {
    dynamoDbUrl,
    sqsUrl,
    async close() {
      await Promise.all(started.map((engine) => engine.kill()));
    },
  };
}

const DYNALITE = [beside('dynalite', 'cli.js'), '--host', '127.0.0.1', '--createTableMs', '0'];

/** The program that a package brings beside its library. */
function beside(name: string, file: string): string {
  return join(dirname(fileURLToPath(import.meta.resolve(name))), file);
}

class EngineProcess extends OwnProcess {
  /** Resolves when it answers anything at all. */
  async start(url: string): Promise<void> {
    const { child } = this.spawn();
    while (!(await fetch(url).then(Boolean, () => false))) {
      if (child.exitCode !== null) throw new Error(`an emulator ended with code ${child.exitCode}`);
      await sleep(20);
    }
  }
}
