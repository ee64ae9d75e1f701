/** The offline WhatsApp as a process of its own. */
import { parseArgs } from 'node:util';
import { DEVELOPMENT_PEOPLE } from './development.ts';
import { seededRandom } from './random.ts';
import { createSimulator } from './simulator.ts';

const HELP = `Usage: node scripts/simulator/index.ts [options]

WhatsApp without Meta: a page to write on, the Graph API that the webhook app sends to,
and the webhooks that it receives. Everything is kept in memory. With the credentials of
development, which the webhook app has by default when it runs locally.

  --port <number>       where to listen (8002)
  --webhook-url <url>   where deliveries go (http://localhost:8001/whatsapp/v2)
  --seed <number>       for everything that is left to chance (1)
  --no-limits           send any amount to anybody
  --strangers           show replies to people who never wrote here, such as those of npm run deliver
  --help                this text

Faults are set on the control API, while it runs; next 3 sends are lost, for example:
  curl -X POST http://localhost:8002/control/faults -d '{"kind":"lost","next":3}'
`;

function readFlags() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8002' },
      'webhook-url': { type: 'string', default: 'http://localhost:8001/whatsapp/v2' },
      seed: { type: 'string', default: '1' },
      'no-limits': { type: 'boolean', default: false },
      strangers: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return values;
}

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags.help) {
    console.log(HELP);
    return;
  }
  const simulator = await createSimulator({
    port: Number(flags.port),
    webhookUrl: flags['webhook-url'],
    people: DEVELOPMENT_PEOPLE,
    random: seededRandom(Number(flags.seed)),
    welcomesStrangers: flags.strangers,
    ...(flags['no-limits'] ? { pairLimit: false, throughput: false } : {}),
  });
  console.log(`WhatsApp is at ${simulator.url}, and delivers to ${flags['webhook-url']}`);
  const stop = (): void => void simulator.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  console.error(taken ? 'The port is taken: choose another with --port.' : String(error));
  process.exitCode = 1;
});
