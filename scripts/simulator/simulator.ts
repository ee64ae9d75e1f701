import type { Actions } from './actions.ts';
import { Chats } from './chats.ts';
import { noCounts } from './counters.ts';
import { createFaults } from './faults.ts';
import { createBusiness } from './graph/business.ts';
import { createGraph } from './graph/graph.ts';
import { createGraphMessages } from './graph/messages.ts';
import { createTemplates } from './graph/templates.ts';
import { createControl } from './http/control.ts';
import { createLive } from './http/live.ts';
import { startServer } from './http/server.ts';
import { createMedia } from './media.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import { createPersonActions } from './person-actions.ts';
import { createReplies } from './replies.ts';
import { createTimers } from './timers.ts';
import { createOutbox } from './webhook/outbox.ts';
import { createSender } from './webhook/sender.ts';
import { createStatuses } from './webhook/statuses.ts';
import { verifyCallback } from './webhook/verify.ts';

/** WhatsApp without Meta: the people, the Graph API that the app sends to, and the webhooks that it receives. */
export interface Simulator extends Actions {
  /** `http://127.0.0.1:8002`: the page, and the app's `META_API_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the simulator. Resolves when it listens. Options default to the values of Meta. */
export async function createSimulator(overrides: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const options = withDefaults(overrides);
  const counters = noCounts();
  const timers = createTimers();
  const chats = new Chats(options, timers);
  const live = createLive(chats);
  const faults = createFaults(options.faults, options.random, live.notifyFaults);
  const media = createMedia(options.now);
  const templates = createTemplates();
  const business = createBusiness(options);
  const callback = () => business.callback();
  const sender = createSender({ options, counters, timers, onApp: live.notifyApp, callback });
  const outbox = createOutbox({ options, chats, faults, sender, timers });
  const statuses = createStatuses({ options, chats, faults, outbox, timers });
  const personActions = createPersonActions({ options, chats, counters, media, outbox });

  const actions: Actions = {
    addPerson: (person) => chats.add(person).person,
    say: (identity, message, messageOptions) =>
      personActions.say(
        identity,
        typeof message === 'string' ? { kind: 'text', text: message } : message,
        messageOptions,
      ),
    change: personActions.change,
    hasAcknowledged: (id) => chats.bubble(id)?.progress !== 'sent',
    deliver: (payload) => void sender.post(payload),
    read: (person) => statuses.read(chats.of(person)),
    setPhoneOff: (person, off) => statuses.setPhoneOff(chats.of(person), off),
    typing: (person) => chats.of(person).typingUntil !== undefined,
    verify: () =>
      verifyCallback(
        business.callback() ?? options.webhookUrl,
        options.verifyToken,
        options.responseTimeoutMs,
      ),
    app: sender.app,
    idle: outbox.idle,
    replies: createReplies(chats),
    faults,
    counters,
  };

  const stored = { media, templates };
  const messages = createGraphMessages({ options, chats, faults, statuses, counters, stored, business });
  const server = await startServer({
    options,
    graph: createGraph({ options, counters, media, templates, business, messages }),
    control: createControl({ actions, chats, live, media }),
  });
  media.setOrigin(server.url);
  return {
    ...actions,
    url: server.url,
    async close() {
      timers.stop();
      sender.close();
      live.close();
      await server.close();
    },
  };
}
