import { createEnvBusinesses } from '#app/businesses/env.ts';
import { createWork, type WorkReport, type WorkRules } from '#app/conversation/work.ts';
import { Unavailable, Unknown } from '#app/domain/errors.ts';
import type { Person } from '#app/domain/message.ts';
import type { Channel } from '#app/ports/channel.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { type StoredThreads, scriptedAssistant } from '../../../fakes/assistant.ts';
import type { SettableClock } from '../../../fakes/clock.ts';
import { limitsIn } from '../../../fakes/limits.ts';
import { message, NUMBER, status } from '../../../fakes/messages.ts';
import { beginLife } from '../../../fakes/mortal.ts';

const LEASE_MS = 10_000;
const RECONCILE_MS = 20_000;
/** An answer that takes longer may be asked for twice: nobody knows whether anybody is still writing it. */
const WAITED_FOR_MS = 30_000;
const FILLER = `\n\n${'b'.repeat(150)}\n\n${'c'.repeat(150)}`;

/**
 * How one send ends. `lost`: taken, and the answer never came. `cut`: not taken, and nobody can tell. `fails`: taken, and
 * reported as failed afterwards.
 */
type SendOutcome = 'taken' | 'throttled' | 'lost' | 'cut' | 'fails';

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
  readonly platformId: string;
  /** What the platform says of it in the end. */
  fate: 'sent' | 'failed' | 'delivered';
  /** Whether it ever said that the send failed. */
  saidFailed: boolean;
}

let founded = 0;

/**
 * Two people whom the store has never seen, a platform that tells the fate of every send in time, and as many processes
 * as look.
 */
export function createTown(store: ConversationStore, clock: SettableClock, maxAttempts: number) {
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
    maxAttempts,
    windowMs: 1_000,
  };
  const businesses = createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]);
  const said = people.map((): { mark: string; conversation: string }[] => []);
  const delivered: Parameters<ConversationStore['accept']>[0][number][] = [];
  const taken: Taken[] = [];
  const overtaken: string[] = [];
  const untold: { readonly send: Taken; readonly byThen: number }[] = [];
  const threads: StoredThreads = new Map();
  const asked: string[] = [];
  let marks = 0;

  async function say(person: number): Promise<void> {
    const mark = `m${marks++}`;
    const words = message(mark, { sentAt: clock.now(), person: people[person] ?? people[0] });
    delivered.push(words);
    const [acceptance] = await store.accept([words]);
    said[person]?.push({ mark, conversation: acceptance?.conversation ?? '' });
  }

  async function tellStatuses(count: number): Promise<void> {
    const reports = untold.splice(0, count).map(({ send }) => {
      const { key, platformId, fate } = send;
      send.saidFailed ||= fate === 'failed';
      return status(key, fate, { platformId, ...(fate === 'failed' && { code: '131000' }) });
    });
    await store.recordStatuses(reports);
  }

  /** Reports a send as failed, whatever was reported of it before, unless it has arrived. Maybe twice. */
  async function failOne(index: number, times: number): Promise<void> {
    const send = taken[index % Math.max(1, taken.length)];
    if (send === undefined || send.fate === 'delivered') return;
    Object.assign(send, { fate: 'failed', saidFailed: true });
    const { key, platformId } = send;
    for (let time = 0; time < times; time += 1) {
      await store.recordStatuses([status(key, 'failed', { platformId, code: '131000' })]);
    }
  }

  /** True when this would be the first send of a part behind one that has failed and was not sent again. */
  function isBehindFailed(key: string): boolean {
    const [turn, place] = placeOf(key);
    if (taken.some((send) => send.key === key)) return false;
    const before = taken.filter((send) => placeOf(send.key)[0] === turn && placeOf(send.key)[1] < place);
    const last = new Map(before.map((send) => [send.key, send]));
    return [...last.values()].some(({ fate, saidFailed }) => fate === 'failed' && saidFailed);
  }

  /** Reports that a send has arrived, also one that was reported as failed. */
  async function deliverOne(index: number): Promise<void> {
    const send = taken[index % Math.max(1, taken.length)];
    if (send === undefined) return;
    send.fate = 'delivered';
    await store.recordStatuses([status(send.key, 'delivered', { platformId: send.platformId })]);
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

    const assistant = scriptedAssistant(threads);
    assistant.next.push(async ({ text }) => {
      const startedAt = clock.now();
      if (interrupted) await say(person);
      if (sleeps === 'asking') await sleepPastLease();
      if (assistantIsDown) throw new Unavailable('the assistant is down');
      if (clock.now() - startedAt < WAITED_FOR_MS) asked.push(...text.split('\n'));
      return `${text.split('\n').join(' ')}${FILLER}`;
    });
    const channel: Channel = {
      maxPartLength: 200,
      async send(_business, to, { key, text }) {
        const outcome = outcomes.shift() ?? 'taken';
        const byThen = clock.now() + RECONCILE_MS - 1;
        if (outcome === 'throttled')
          throw new Unavailable('throttled', { scope: 'pair', retryAfterMs: 1_000 });
        if (outcome === 'cut') throw new Unknown('nobody knows');
        const platformId = `wamid.${taken.length}-of-${key}`;
        const fate = outcome === 'fails' ? 'failed' : 'sent';
        const send: Taken = { person: to, key, text, platformId, fate, saidFailed: false };
        // An apology stands behind what it is for.
        if (isBehindFailed(key) && !/sorry/i.test(text)) overtaken.push(key);
        taken.push(send);
        untold.push({ send, byThen });
        if (sleeps === 'sending') await sleepPastLease();
        if (outcome === 'lost') throw new Unknown('nobody knows');
        return platformId;
      },
      async showTyping() {},
      failure: (_business, _to, codes) => new Unavailable('again', { code: codes.at(-1) }),
    };
    const living = life.lived(assistant);
    const work = createWork(
      {
        store: life.lived(store),
        clock: life.lived(clock, 'now', 'advance'),
        businesses: life.lived(businesses),
        channels: { meta: life.lived(channel, 'failure') },
        assistantOf: () => living,
        limits: limitsIn(clock),
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
        if (report === undefined || report.outcome === 'idle') {
          if (untold.length === 0) break;
          await pass(RECONCILE_MS);
        }
        if (looks > 200) throw new Error(`the conversation never comes to rest: ${report?.outcome}`);
        await pass(Math.max(0, (report?.lookAgainAt ?? 0) - clock.now()));
      }
    }
  }

  return {
    say,
    tellStatuses,
    pass,
    look,
    settle,
    failOne,
    deliverOne,
    /** Parts that were sent although one before them had failed. */
    overtaken: () => overtaken,
    async redeliver(index: number): Promise<void> {
      const again = delivered[index % Math.max(1, delivered.length)];
      if (again !== undefined) await store.accept([again]);
    },
    /** What the assistant wrote answers to, once for each answer, when it did so while a dead caller is waited for. */
    asked: () => asked,
    /** What each person said, and what the platform took for them. */
    histories: () =>
      people.map((person, index) => ({
        said: said[index]?.map(({ mark }) => mark) ?? [],
        taken: taken.filter(({ person: to }) => to.phone === person.phone),
        conversation: said[index]?.[0]?.conversation,
      })),
  };
}

function placeOf(key: string): [turn: string, place: number] {
  const cut = key.lastIndexOf('.');
  return [key.slice(0, cut), Number(key.slice(cut + 1))];
}

export type Town = ReturnType<typeof createTown>;
