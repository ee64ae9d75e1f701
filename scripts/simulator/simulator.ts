import type { Actions } from './actions.ts';
import { createAppLink, type Host } from './app-link.ts';
import { createAssistantProxy } from './assistant/proxy.ts';
import { Chats } from './chats.ts';
import { createMovableClock } from './clock.ts';
import { noCounts } from './counters.ts';
import type { DevMessage } from './dev-channel.ts';
import { createFaults } from './faults.ts';
import { createControl } from './http/control.ts';
import { createInspection } from './http/inspection.ts';
import { createLive } from './http/live.ts';
import { createRecordings } from './http/recordings.ts';
import { startServer } from './http/server.ts';
import { createMedia } from './media.ts';
import { createMeta, newMetaMessageId } from './meta.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import { createReplies } from './replies.ts';
import { readState, writeState } from './state/file.ts';
import { createKeeper, type Keeper } from './state/keeper.ts';
import { resume } from './state/resume.ts';
import { createRecorder } from './timeline/recorder.ts';
import { createTimers } from './timers.ts';
import { createTwilio, newTwilioMessageSid } from './twilio/twilio.ts';
import { type DeliveryAttempt, exchangeOfDelivery } from './webhook/record-delivery.ts';
import { createSender } from './webhook/sender.ts';

/** WhatsApp without Meta or Twilio: the people, the API that the app sends to, and the webhooks that it receives. */
export interface Simulator extends Actions {
  /** `http://127.0.0.1:8002`: the page, and the app's `META_API_URL` or `TWILIO_API_URL`. */
  readonly url: string;
  /** Takes what `npm run dev` says about the app. */
  receive(message: DevMessage): void;
  close(): Promise<void>;
}

const PLATFORMS = {
  // Meta accepts 200 alone.
  meta: {
    create: createMeta,
    newMessageId: newMetaMessageId,
    isAccepted: (status: number) => status === 200,
  },
  twilio: {
    create: createTwilio,
    newMessageId: newTwilioMessageSid,
    isAccepted: (status: number) => status >= 200 && status < 300,
  },
};

/** The file that people and chats are kept in over restarts. `report` gets a sentence when it cannot be used. */
export interface StateFile {
  readonly path: string;
  readonly report: (sentence: string) => void;
}

const SAVE_EVERY_MS = 1_000;

/**
 * Starts the simulator. Resolves when it listens. Options default to the values of the platforms. Without a file the chats
 * are in memory. Rejects with `CommandError` when the file cannot be read.
 */
export async function createSimulator(
  overrides: Partial<SimulatorOptions> = {},
  file?: StateFile,
  host?: Host,
): Promise<Simulator> {
  const given = withDefaults(overrides);
  const clock = createMovableClock(given.now, host?.clockOffsetMs);
  const options = { ...given, now: clock.now };
  const { create, newMessageId, isAccepted } = PLATFORMS[options.channel];
  const counters = noCounts();
  const timers = createTimers();
  const chats = new Chats(options, timers, newMessageId);
  const kept = file && readState(file.path, options.channel, file.report);
  if (kept) chats.restore(kept);
  else for (const person of options.people) chats.add(person);
  const initialClock = { offsetMs: clock.offsetMs(), canSkip: host !== undefined };
  const live = createLive(chats, options.channel, host !== undefined, initialClock);
  const faults = createFaults(options.faults, options.random, live.notifyFaults);
  const media = createMedia(options.now);
  const recorder = options.records
    ? createRecorder({ chats, now: options.now, onEntry: live.notifyEntry })
    : undefined;
  const onAttempt =
    recorder && ((attempt: DeliveryAttempt) => void recorder.exchange(exchangeOfDelivery(attempt)));
  const onApp = live.notifyApp;
  const sender = createSender({ options, counters, timers, faults, onApp, onAttempt, isAccepted });
  const platform = create({ options, chats, faults, counters, timers, media, sender });

  const actions: Actions = {
    addPerson: (person) => chats.add(person).person,
    say: (identity, message, messageOptions) =>
      platform.say(
        identity,
        typeof message === 'string' ? { kind: 'text', text: message } : message,
        messageOptions,
      ),
    change: platform.change,
    hasAcknowledged: (id) => chats.bubble(id)?.progress !== 'sent',
    deliver: platform.deliver,
    read: (person) => platform.statuses.read(chats.of(person)),
    setPhoneOff: (person, off) => platform.statuses.setPhoneOff(chats.of(person), off),
    typing: (person) => chats.of(person).typingUntil !== undefined,
    verify: platform.verify,
    app: sender.app,
    idle: platform.idle,
    replies: createReplies(chats),
    faults,
    counters,
  };

  const appLink = createAppLink({ recorder, host, clock, timers, live, sender });
  const { replies } = actions;
  const recordings = createRecordings({ options, chats, replies, recorder, platform, appLink, newMessageId });
  const inspection = createInspection({ options, chats, recorder, platform, sender, appLink });
  const server = await startServer({
    options,
    api: platform.api,
    control: [
      createControl({ actions, chats, live, media, channel: options.channel }),
      inspection,
      recordings,
    ],
    assistant: createAssistantProxy({ faults, recorder, now: options.now, target: appLink.assistantUrl }),
    recorder,
  });
  media.setOrigin(server.url);
  const keeper = file && keepChats(chats, options, file);
  resume(chats, platform);
  return {
    ...actions,
    url: server.url,
    receive: appLink.receive,
    async close() {
      timers.stop();
      sender.close();
      live.close();
      await server.close();
      await keeper?.close();
    },
  };
}

function keepChats(chats: Chats, { channel }: SimulatorOptions, { path, report }: StateFile): Keeper {
  const save = () => writeState(path, channel, chats.kept());
  const keeper = createKeeper({ save, everyMs: SAVE_EVERY_MS, report });
  for (const event of ['chat', 'bubble', 'moved'] as const) chats.events.on(event, keeper.changed);
  return keeper;
}
