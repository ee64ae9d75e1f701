import { createEnvBusinesses } from '../../../../app/businesses/env.ts';
import { Unavailable, Unknown } from '../../../../app/conversation/errors.ts';
import type { Person } from '../../../../app/conversation/message.ts';
import { createWork, type WorkReport, type WorkRules } from '../../../../app/conversation/work.ts';
import type { Channel, ConversationStore } from '../../../../app/ports.ts';
import { scriptedAssistant } from '../../../fakes/assistant.ts';
import type { SettableClock } from '../../../fakes/clock.ts';
import { message, NUMBER, status } from '../../../fakes/messages.ts';
import { beginLife } from '../../../fakes/mortal.ts';

const LEASE_MS = 10_000;
const RECONCILE_MS = 20_000;
const FILLER = `\n\n${'b'.repeat(150)}\n\n${'c'.repeat(150)}`;

/** How one send ends. `lost`: taken, and the answer never came. `cut`: not taken, and nobody can tell. */
type SendOutcome = 'taken' | 'throttled' | 'lost' | 'cut';

export interface Look {
  readonly person: number;
  /** The process dies at this call to the world; 0: never. */
  readonly diesAt: number;
  readonly seesEffect: boolean;
  readonly assistantIsDown: boolean;
  readonly sends: readonly SendOutcome[];
  /** Where the process sleeps for longer than its lease while another one looks at the same conversation. */
  readonly sleeps: 'never' | 'asking' | 'sending';
  /** Something more is said while the assistant thinks. */
  readonly interrupted: boolean;
}

const PLAIN: Omit<Look, 'person'> = {
  diesAt: 0,
  seesEffect: false,
  assistantIsDown: false,
  sends: [],
  sleeps: 'never',
  interrupted: false,
};

interface Taken {
  readonly person: Person;
  readonly key: string;
  readonly text: string;
}

let founded = 0;

/**
 * Two people whom the store has never seen, a platform that tells the fate of every send in time, and as many processes
 * as look.
 */
export function createTown(store: ConversationStore, clock: SettableClock, mostAttempts: number) {
  founded += 1;
  const people: readonly [Person, Person] = [
    { phone: `1555${founded}0001` },
    { phone: `1555${founded}0002` },
  ];
  const rules: WorkRules = {
    underMaintenance: false,
    staleAfterMs: 24 * 60 * 60 * 1000,
    questionsPerDay: 0,
    retentionMs: 3 * 60 * 60 * 1000,
    reconcileMs: RECONCILE_MS,
    confirmMs: 0,
    leaseMs: LEASE_MS,
    mostAttempts,
    windowMs: 1_000,
  };
  const businesses = createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]);
  const said = people.map((): { mark: string; conversation: string }[] => []);
  const delivered: Parameters<ConversationStore['accept']>[0][number][] = [];
  const taken: Taken[] = [];
  const untold: { readonly key: string; readonly byThen: number }[] = [];
  let marks = 0;

  async function say(person: number): Promise<void> {
    const mark = `m${marks++}`;
    const words = message(mark, { sentAt: clock.now(), person: people[person] ?? people[0] });
    delivered.push(words);
    const [acceptance] = await store.accept([words]);
    said[person]?.push({ mark, conversation: acceptance?.conversation ?? '' });
  }

  async function tellStatuses(count: number): Promise<void> {
    await store.recordStatuses(untold.splice(0, count).map(({ key }) => status(key, 'sent')));
  }

  /** The platform tells what became of a send before anybody stops waiting for it. */
  async function pass(ms: number): Promise<void> {
    const first = untold.findIndex(({ byThen }) => byThen > clock.now() + ms);
    await tellStatuses(first === -1 ? untold.length : first);
    clock.advance(ms);
  }

  /** One process looks at the person's conversation; undefined when it died, or nothing was ever said. */
  async function look({
    person,
    ...circumstances
  }: Partial<Look> & { person: number }): Promise<WorkReport | undefined> {
    const conversation = said[person]?.[0]?.conversation;
    if (conversation === undefined) return undefined;
    const { diesAt, seesEffect, assistantIsDown, sends, sleeps, interrupted } = {
      ...PLAIN,
      ...circumstances,
    };
    const life = beginLife(diesAt, seesEffect);
    const outcomes = [...sends];

    async function sleepPastLease(): Promise<void> {
      await pass(LEASE_MS);
      await look({ person });
    }

    const assistant = scriptedAssistant();
    assistant.next.push(async ({ text }) => {
      if (interrupted) await say(person);
      if (sleeps === 'asking') await sleepPastLease();
      if (assistantIsDown) throw new Unavailable('the assistant is down');
      return `${text.split('\n').join(' ')}${FILLER}`;
    });
    const channel: Channel = {
      longestPart: 200,
      async send(_business, to, { key, text }) {
        const outcome = outcomes.shift() ?? 'taken';
        const byThen = clock.now() + RECONCILE_MS - 1;
        if (outcome === 'throttled')
          throw new Unavailable('throttled', { scope: 'pair', retryAfterMs: 1_000 });
        if (outcome === 'cut') throw new Unknown('nobody knows');
        taken.push({ person: to, key, text });
        untold.push({ key, byThen });
        if (sleeps === 'sending') await sleepPastLease();
        if (outcome === 'lost') throw new Unknown('nobody knows');
        return `wamid.of-${key}`;
      },
      async showTyping() {},
      failure: () => new Unavailable('again'),
    };
    const work = createWork(
      {
        store: life.lived(store),
        clock: life.lived(clock, 'now', 'advance'),
        businesses: life.lived(businesses),
        channels: { meta: life.lived(channel, 'failure') },
        assistant: life.lived(assistant),
        jitter: () => 0,
      },
      rules,
    );
    return Promise.race([work(conversation, new AbortController().signal), life.died.then(() => undefined)]);
  }

  /** Looks until there is nothing to do for anybody. Throws when that never comes. */
  async function settle(): Promise<void> {
    await pass(LEASE_MS);
    for (const person of people.keys()) {
      for (let looks = 0; ; looks += 1) {
        const report = await look({ person });
        if (report === undefined || report.outcome === 'idle') break;
        if (looks > 200) throw new Error(`the conversation never comes to rest: ${report.outcome}`);
        await pass(Math.max(0, (report.lookAgainAt ?? 0) - clock.now()));
      }
    }
  }

  return {
    say,
    tellStatuses,
    pass,
    look,
    settle,
    async redeliver(index: number): Promise<void> {
      const again = delivered[index % Math.max(1, delivered.length)];
      if (again !== undefined) await store.accept([again]);
    },
    /** What each person said, and what the platform took for them. */
    histories: () =>
      people.map((person, index) => ({
        said: said[index]?.map(({ mark }) => mark) ?? [],
        taken: taken.filter(({ person: to }) => to.phone === person.phone),
        conversation: said[index]?.[0]?.conversation,
      })),
  };
}

export type Town = ReturnType<typeof createTown>;
