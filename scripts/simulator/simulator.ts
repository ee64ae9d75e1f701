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
import { createReplies } from './replies.ts';
import { createSaying } from './saying.ts';
import { createTimers } from './timers.ts';
import { createCourier } from './webhook/courier.ts';
import { createOutbox } from './webhook/outbox.ts';
import { createStatuses } from './webhook/statuses.ts';
import { ask } from './webhook/verify.ts';

/** WhatsApp without Meta: the people, the Graph API that the app sends to, and the webhooks that it receives. */
export interface Simulator extends Actions {
  /** `http://127.0.0.1:8002`: the page, and the app's `META_API_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens at once. What is not given is as Meta has it. */
export async function createSimulator(given: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const options = withDefaults(given);
  const counters = noCounts();
  const timers = createTimers();
  const chats = new Chats(options, timers);
  const live = createLive(chats);
  const faults = createFaults(options.faults, options.random, live.tellFaults);
  const media = createMedia(options.now);
  const templates = createTemplates();
  const business = createBusiness(options);
  const callback = () => business.callback();
  const courier = createCourier({ options, counters, timers, onApp: live.tellApp, callback });
  const outbox = createOutbox({ options, chats, faults, courier, timers });
  const statuses = createStatuses({ options, chats, faults, outbox, timers });
  const saying = createSaying({ options, chats, counters, media, outbox });

  const actions: Actions = {
    addPerson: (person) => chats.add(person).person,
    say: (identity, words, sayingOptions) =>
      saying.say(identity, typeof words === 'string' ? { kind: 'text', text: words } : words, sayingOptions),
    change: saying.change,
    hasAcknowledged: (id) => chats.bubble(id)?.progress !== 'sent',
    deliver: (payload) => void courier.post(payload),
    read: (person) => statuses.read(chats.of(person)),
    setPhoneOff: (person, off) => statuses.setPhoneOff(chats.of(person), off),
    typing: (person) => chats.of(person).typingUntil !== undefined,
    verify: () => ask(business.callback() ?? options.webhookUrl, options.verifyToken, options.answerMs),
    app: courier.app,
    idle: outbox.idle,
    replies: createReplies(chats),
    faults,
    counters,
  };

  const known = { media, templates };
  const messages = createGraphMessages({ options, chats, faults, statuses, counters, known, business });
  const server = await startServer({
    options,
    graph: createGraph({ options, counters, media, templates, business, messages }),
    control: createControl({ actions, chats, live, media }),
  });
  media.listensAt(server.url);
  return {
    ...actions,
    url: server.url,
    async close() {
      timers.stop();
      courier.close();
      live.close();
      await server.close();
    },
  };
}
