/** The simulated WhatsApp as a process of its own. */
import { listenErrorMessage } from '../../app/http/listen-error.ts';
import { type Call, runCommand } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { parsePort } from '../port.ts';
import { clockOffsetMs } from './clock-offset.ts';
import { devSender, onDevMessage } from './dev-channel.ts';
import { DEVELOPMENT_PEOPLE } from './development.ts';
import { type SimulatorOptions, WEBHOOK_PATHS } from './options.ts';
import { parseChannel } from './parse-channel.ts';
import { seededRandom } from './random.ts';
import { createSimulator } from './simulator.ts';

const HELP = `Usage: node scripts/simulator/index.ts [options]

Simulates WhatsApp without Meta or Twilio: a page to write messages on, the API that the
webhook app sends to (Meta's Graph API, or Twilio's), and the webhooks that it receives.
People and chats are in memory, or kept in the file of --state. It uses the development credentials; Meta's are the defaults of
the webhook app when it runs locally, Twilio's are those of npm run dev -- --channel twilio.

  --port <number>       port to listen on (8002)
  --channel <name>      meta or twilio (meta)
  --webhook-url <url>   where messages are posted (http://localhost:8001/whatsapp/v2, or
                        http://localhost:8001/whatsapp/twilio)
  --seed <number>       seed of all random decisions (1)
  --no-limits           no rate limits
  --state <file>        keep people and chats in this file over restarts
  --recordings <folder> save chats as files there, and replay them
  --strangers           accept replies to people without a chat here, such as those of npm run deliver
  --help                this text

Faults are set on the control API while it runs. This loses the next 3 sends:
  curl -X POST http://localhost:8002/control/faults -d '{"kind":"lost","next":3}'
`;

const OPTIONS = {
  port: { type: 'string', default: '8002' },
  channel: { type: 'string', default: 'meta' },
  'webhook-url': { type: 'string' },
  seed: { type: 'string', default: '1' },
  'no-limits': { type: 'boolean', default: false },
  state: { type: 'string' },
  recordings: { type: 'string' },
  strangers: { type: 'boolean', default: false },
} as const;

/** Somebody waits in front of the page for an app that has just been repaired. */
const MAX_REDELIVERY_MS = 2_000;
/** Sends and messages in the file: it is written as a whole. */
const MAX_KEPT = 10_000;

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
  const { seed } = values;
  const channel = parseChannel(values.channel);
  const webhookUrl = values['webhook-url'] ?? `http://localhost:8001${WEBHOOK_PATHS[channel]}`;
  if (!/^[0-9]+$/.test(seed)) throw new UsageError(`--seed is a whole number, not ${seed}.`);
  if (!/^https?:$/.test(URL.parse(webhookUrl)?.protocol ?? ''))
    throw new UsageError(`--webhook-url is an http:// or https:// address, not ${webhookUrl}.`);
  const options = {
    channel,
    port: parsePort(values.port),
    webhookUrl,
    people: DEVELOPMENT_PEOPLE,
    random: seededRandom(Number(seed)),
    acceptsUnknownRecipients: values.strangers,
    records: true,
    ...(values.recordings === undefined ? {} : { recordings: values.recordings }),
    redelivery: { firstMs: 250, factor: 2, maxMs: MAX_REDELIVERY_MS },
    ...(values.state === undefined ? {} : { maxStored: MAX_KEPT }),
    ...(values['no-limits'] ? ({ pairLimit: false, throughput: false } as const) : {}),
  } satisfies Partial<SimulatorOptions>;
  const file = values.state === undefined ? undefined : { path: values.state, report: print };
  const send = devSender();
  const host = send && { send, clockOffsetMs: clockOffsetMs(process.env) };
  const simulator = await createSimulator(options, file, host).catch((error: unknown) => {
    const problem = listenErrorMessage(error, { port: '--port', host: 'The host' });
    throw problem === undefined ? error : new CommandError(problem, { cause: error });
  });
  print(`WhatsApp is at ${simulator.url}, and delivers to ${webhookUrl}`);
  onDevMessage(simulator.receive);
  const stop = (): void => void simulator.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
