/** The simulated WhatsApp as a process of its own. */
import { listenErrorMessage } from '../../app/http/listen-error.ts';
import { type Call, runCommand } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { parsePort } from '../port.ts';
import { DEVELOPMENT_PEOPLE } from './development.ts';
import type { SimulatorOptions } from './options.ts';
import { seededRandom } from './random.ts';
import { createSimulator } from './simulator.ts';

const HELP = `Usage: node scripts/simulator/index.ts [options]

Simulates WhatsApp without Meta: a page to write messages on, the Graph API that the webhook
app sends to, and the webhooks that it receives. Everything is kept in memory. It uses the
development credentials, which are the defaults of the webhook app when it runs locally.

  --port <number>       port to listen on (8002)
  --webhook-url <url>   where deliveries are posted (http://localhost:8001/whatsapp/v2)
  --seed <number>       seed of all random decisions (1)
  --no-limits           no rate limits
  --strangers           accept replies to people without a chat here, such as those of npm run deliver
  --help                this text

Faults are set on the control API while it runs. This loses the next 3 sends:
  curl -X POST http://localhost:8002/control/faults -d '{"kind":"lost","next":3}'
`;

const OPTIONS = {
  port: { type: 'string', default: '8002' },
  'webhook-url': { type: 'string', default: 'http://localhost:8001/whatsapp/v2' },
  seed: { type: 'string', default: '1' },
  'no-limits': { type: 'boolean', default: false },
  strangers: { type: 'boolean', default: false },
} as const;

await runCommand({
  name: 'simulator',
  invocation: 'node scripts/simulator/index.ts',
  help: HELP,
  options: OPTIONS,
  maxArgs: 0,
  run: start,
});

/** Starts the simulator and leaves it running until SIGINT or SIGTERM. */
async function start({ values, print }: Call<typeof OPTIONS>): Promise<undefined> {
  const { seed, 'webhook-url': webhookUrl } = values;
  if (!/^[0-9]+$/.test(seed)) throw new UsageError(`--seed is a whole number, not ${seed}.`);
  if (!/^https?:$/.test(URL.parse(webhookUrl)?.protocol ?? ''))
    throw new UsageError(`--webhook-url is an http:// or https:// address, not ${webhookUrl}.`);
  const options = {
    port: parsePort(values.port),
    webhookUrl,
    people: DEVELOPMENT_PEOPLE,
    random: seededRandom(Number(seed)),
    acceptsUnknownRecipients: values.strangers,
    ...(values['no-limits'] ? ({ pairLimit: false, throughput: false } as const) : {}),
  } satisfies Partial<SimulatorOptions>;
  const simulator = await createSimulator(options).catch((error: unknown) => {
    const problem = listenErrorMessage(error, { port: '--port', host: 'The host' });
    throw problem === undefined ? error : new CommandError(problem, { cause: error });
  });
  print(`WhatsApp is at ${simulator.url}, and delivers to ${webhookUrl}`);
  const stop = (): void => void simulator.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
