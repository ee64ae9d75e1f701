import { createEnvBusinesses } from '#app/businesses/env.ts';
import { createWork, type WorkReport, type WorkRules } from '#app/conversation/work.ts';
import { Unavailable, Unknown } from '#app/domain/errors.ts';
import type { Person } from '#app/domain/message.ts';
import type { Channel } from '#app/ports/channel.ts';
import type { ConversationStore } from '#app/ports/store.ts';
import { type StoredThreads, scriptedAssistant } from '../../../fakes/assistant.ts';
import type { SettableClock } from '../../../fakes/clock.ts';
import { crashingProcess } from '../../../fakes/crashing-process.ts';
import { NO_HAND_OFFS } from '../../../fakes/hand-offs.ts';
import { limitsIn } from '../../../fakes/limits.ts';
import { message, NUMBER, status } from '../../../fakes/messages.ts';

const LEASE_MS = 10_000;
const RECONCILE_MS = 20_000;
/** A question whose answer takes longer may be asked twice, since the worker that asked it may have crashed. */
const ANSWER_WAIT_MS = 30_000;
const FILLER = `\n\n${'b'.repeat(150)}\n\n${'c'.repeat(150)}`;

/**
 * How one send ends. `lost`: sent, but the response never arrives. `cut`: not sent, and the outcome is unknown. `fails`:
 * sent, and reported as failed afterwards.
 */
type SendOutcome = 'sent' | 'throttled' | 'lost' | 'cut' | 'fails';

export interface WakeUp {
  readonly person: number;
  /** The process crashes at this call to a port; 0: never. */
  readonly crashAt: number;
  /** Whether the call at which the process crashes still has its effect. */
  readonly hasEffect: boolean;
  readonly assistantIsDown: boolean;
  readonly sends: readonly SendOutcome[];
  /** Where the process is suspended for longer than its lease while another one handles the same conversation. */
  readonly suspendedWhile: 'never' | 'asking' | 'sending';
  /** The person sends another message while the assistant answers. */
  readonly interrupted: boolean;
}

const DEFAULTS: Omit<WakeUp, 'person'> = {
  crashAt: 0,
  hasEffect: false,
  assistantIsDown: false,
  sends: [],
  suspendedWhile: 'never',
  interrupted: false,
};

interface SentPart {
  readonly person: Person;
  readonly key: string;
  readonly text: string;
  readonly platformId: string;
  /** The last status that the platform reports. */
  lastStatus: 'sent' | 'failed' | 'delivered';
  /** Whether it was ever reported as failed. */
  wasReportedFailed: boolean;
}

let simulations = 0;

/**
 * Two new persons, a platform that reports the status of every send in time, and one process for each wake-up.
 */
export function createSimulation(store: ConversationStore, clock: SettableClock, maxAttempts: number) {
  simulations += 1;
  const people: readonly [Person, Person] = [
    { phone: `1555${simulations}0001` },
    { phone: `1555${simulations}0002` },
  ];
  const rules: WorkRules = {
    underMaintenance: false,
    handOffMs: 24 * 60 * 60 * 1000,
    operatorQuietMs: 4 * 60 * 60 * 1000,
    staleAfterMs: 24 * 60 * 60 * 1000,
    questionsPerDay: 0,
    aiNotice: false,
    retentionMs: 3 * 60 * 60 * 1000,
    reconcileMs: RECONCILE_MS,
    confirmMs: 0,
    leaseMs: LEASE_MS,
    maxAttempts,
    windowMs: 1_000,
  };
  const businesses = createEnvBusinesses([{ channel: 'meta', number: NUMBER, accessToken: 'secret' }]);
  const messagesOf = people.map((): { label: string; conversation: string }[] => []);
  const delivered: Parameters<ConversationStore['accept']>[0][number][] = [];
  const sentParts: SentPart[] = [];
  const outOfOrder: string[] = [];
  const unreported: { readonly send: SentPart; readonly reportBy: number }[] = [];
  const threads: StoredThreads = new Map();
  const asked: string[] = [];
  let labels = 0;

  async function sendMessage(person: number): Promise<void> {
    const label = `m${labels++}`;
    const sent = message(label, { sentAt: clock.now(), person: people[person] ?? people[0] });
    delivered.push(sent);
    const [acceptance] = await store.accept([sent]);
    messagesOf[person]?.push({ label, conversation: acceptance?.conversation ?? '' });
  }

  async function reportStatuses(count: number): Promise<void> {
    const reports = unreported.splice(0, count).map(({ send }) => {
      const { key, platformId, lastStatus } = send;
      send.wasReportedFailed ||= lastStatus === 'failed';
      return status(key, lastStatus, { platformId, ...(lastStatus === 'failed' && { code: '131000' }) });
    });
    await store.recordStatuses(reports);
  }

  /** Reports a send as failed so many times, whatever was reported before, unless it was delivered. */
  async function reportFailed(index: number, times: number): Promise<void> {
    const send = sentParts[index % Math.max(1, sentParts.length)];
    if (send === undefined || send.lastStatus === 'delivered') return;
    Object.assign(send, { lastStatus: 'failed', wasReportedFailed: true });
    const { key, platformId } = send;
    for (let time = 0; time < times; time += 1) {
      await store.recordStatuses([status(key, 'failed', { platformId, code: '131000' })]);
    }
  }

  /** True when this would be the first send of a part after one that failed and was not sent again. */
  function followsFailed(key: string): boolean {
    const [turn, position] = positionOf(key);
    if (sentParts.some((send) => send.key === key)) return false;
    const before = sentParts.filter(
      (send) => positionOf(send.key)[0] === turn && positionOf(send.key)[1] < position,
    );
    const last = new Map(before.map((send) => [send.key, send]));
    return [...last.values()].some(
      ({ lastStatus, wasReportedFailed }) => lastStatus === 'failed' && wasReportedFailed,
    );
  }

  /** Reports a send as delivered, also one that was reported as failed. */
  async function reportDelivered(index: number): Promise<void> {
    const send = sentParts[index % Math.max(1, sentParts.length)];
    if (send === undefined) return;
    send.lastStatus = 'delivered';
    await store.recordStatuses([status(send.key, 'delivered', { platformId: send.platformId })]);
  }

  /** Advances the clock. The platform reports each send before its time to reconcile is over. */
  async function advance(ms: number): Promise<void> {
    const first = unreported.findIndex(({ reportBy }) => reportBy > clock.now() + ms);
    await reportStatuses(first === -1 ? unreported.length : first);
    clock.advance(ms);
  }

  /**
   * One process handles a wake-up of the person's conversation. Resolves to undefined when it crashes, or when the person
   * has sent nothing.
   */
  async function wake({
    person,
    ...circumstances
  }: Partial<WakeUp> & { person: number }): Promise<WorkReport | undefined> {
    const conversation = messagesOf[person]?.[0]?.conversation;
    if (conversation === undefined) return undefined;
    const { crashAt, hasEffect, assistantIsDown, sends, suspendedWhile, interrupted } = {
      ...DEFAULTS,
      ...circumstances,
    };
    const process = crashingProcess(crashAt, hasEffect);
    const outcomes = [...sends];

    const overtaking: Promise<unknown>[] = [];
    function suspendPastLease(): Promise<unknown> {
      const overtaken = advance(LEASE_MS).then(() => wake({ person }));
      overtaking.push(overtaken);
      return overtaken;
    }

    const assistant = scriptedAssistant(threads);
    assistant.next.push(async ({ text }) => {
      const startedAt = clock.now();
      if (interrupted) await sendMessage(person);
      if (suspendedWhile === 'asking') await suspendPastLease();
      if (assistantIsDown) throw new Unavailable('the assistant is down');
      if (clock.now() - startedAt < ANSWER_WAIT_MS) asked.push(...text.split('\n'));
      return `${text.split('\n').join(' ')}${FILLER}`;
    });
    const channel: Channel = {
      maxPartLength: 200,
      async send(_business, to, { key, text }) {
        const outcome = outcomes.shift() ?? 'sent';
        const reportBy = clock.now() + RECONCILE_MS - 1;
        if (outcome === 'throttled')
          throw new Unavailable('throttled', { scope: 'pair', retryAfterMs: 1_000 });
        if (outcome === 'cut') throw new Unknown('unknown outcome');
        const platformId = `wamid.${sentParts.length}-of-${key}`;
        const lastStatus = outcome === 'fails' ? 'failed' : 'sent';
        const send: SentPart = { person: to, key, text, platformId, lastStatus, wasReportedFailed: false };
        // An apology follows the parts of its turn, which may have failed.
        if (followsFailed(key) && !/sorry/i.test(text)) outOfOrder.push(key);
        sentParts.push(send);
        unreported.push({ send, reportBy });
        if (suspendedWhile === 'sending') await suspendPastLease();
        if (outcome === 'lost') throw new Unknown('unknown outcome');
        return platformId;
      },
      async showTyping() {},
      hasTemplate: () => false,
      failure: (_business, _to, codes) => new Unavailable('again', { code: codes.at(-1) }),
    };
    const watched = process.wrap(assistant);
    const work = createWork(
      {
        store: process.wrap(store),
        clock: process.wrap(clock, 'now', 'advance'),
        businesses: process.wrap(businesses),
        channels: { meta: process.wrap(channel, 'failure') },
        assistantOf: () => watched,
        limits: limitsIn(clock),
        handOffs: NO_HAND_OFFS,
        jitter: () => 0,
      },
      rules,
    );
    const report = await Promise.race([
      work(conversation, new AbortController().signal),
      process.crashed.then(() => undefined),
    ]);
    // The process that overtook a crashed one ends before the next event: a failure that is reported while it sends the
    // next part comes too late to stop that.
    await Promise.all(overtaking);
    return report;
  }

  /** Wakes each conversation until it has no work. Throws when that takes too many wake-ups. */
  async function settle(): Promise<void> {
    await advance(LEASE_MS);
    for (const person of people.keys()) {
      for (let wakes = 0; ; wakes += 1) {
        const report = await wake({ person });
        if (report === undefined || report.outcome === 'idle') {
          if (unreported.length === 0) break;
          await advance(RECONCILE_MS);
        }
        if (wakes > 200) throw new Error(`the conversation never becomes idle: ${report?.outcome}`);
        await advance(Math.max(0, (report?.lookAgainAt ?? 0) - clock.now()));
      }
    }
  }

  return {
    sendMessage,
    reportStatuses,
    advance,
    wake,
    settle,
    reportFailed,
    reportDelivered,
    /** Parts that were sent although an earlier part of their turn had failed. */
    outOfOrder: () => outOfOrder,
    async redeliver(index: number): Promise<void> {
      const again = delivered[index % Math.max(1, delivered.length)];
      if (again !== undefined) await store.accept([again]);
    },
    /** The questions whose answers arrived while the next worker waits for them, once for each answer. */
    asked: () => asked,
    /** What each person sent, and the parts that were sent to them. */
    histories: () =>
      people.map((person, index) => ({
        messages: messagesOf[index]?.map(({ label }) => label) ?? [],
        sentParts: sentParts.filter(({ person: to }) => to.phone === person.phone),
        conversation: messagesOf[index]?.[0]?.conversation,
      })),
  };
}

function positionOf(key: string): [turn: string, position: number] {
  const cut = key.lastIndexOf('.');
  return [key.slice(0, cut), Number(key.slice(cut + 1))];
}

export type Simulation = ReturnType<typeof createSimulation>;
