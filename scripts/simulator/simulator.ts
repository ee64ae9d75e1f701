import type { Actions } from './actions.ts';
import { Chats } from './chats.ts';
import { noCounts } from './counters.ts';
import { createFaults } from './faults.ts';
import { createGraphMessages } from './graph/messages.ts';
import { createControl } from './http/control.ts';
import { createLive } from './http/live.ts';
import { startServer } from './http/server.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import { createReplies } from './replies.ts';
import { createTimers } from './timers.ts';
import { createCourier } from './webhook/courier.ts';
import { createOutbox } from './webhook/outbox.ts';
import { messageUpdate } from './webhook/payload.ts';
import { createStatuses } from './webhook/statuses.ts';
import { verify } from './webhook/verify.ts';

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
  const courier = createCourier({ options, counters, timers, onApp: live.tellApp });
  const outbox = createOutbox({ options, chats, faults, courier, timers });
  const statuses = createStatuses({ options, chats, faults, outbox, timers });

  const actions: Actions = {
    addPerson: (person) => chats.add(person).person,
    say(identity, saying, sayingOptions) {
      const chat = chats.of(identity);
      const content = typeof saying === 'string' ? { kind: 'text' as const, text: saying } : saying;
      const bubble = chats.personSays(chat, content, sayingOptions);
      counters.said += 1;
      outbox.put(messageUpdate(chat.person, bubble));
      return bubble.id;
    },
    hasAcknowledged: (id) => chats.bubble(id)?.progress !== 'sent',
    deliver: (payload) => void courier.post(payload),
    read: (person) => statuses.read(chats.of(person)),
    setPhoneOff: (person, off) => statuses.setPhoneOff(chats.of(person), off),
    typing: (person) => chats.of(person).typingUntil !== undefined,
    verify: () => verify(options),
    app: courier.app,
    idle: outbox.idle,
    replies: createReplies(chats),
    faults,
    counters,
  };

  const server = await startServer({
    options,
    graphMessages: createGraphMessages({ options, chats, faults, statuses, counters }),
    control: createControl({ actions, chats, live }),
  });
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
