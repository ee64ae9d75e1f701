import type { ConversationId } from '../../domain/conversation.ts';
import type { Change } from '../../domain/correction.ts';
import type { Message } from '../../domain/message.ts';
import { DEAD_LETTERS_KEPT_MS, IDS_KEPT_MS } from '../../domain/retention.ts';
import { type Arrived, bySentThenArrival } from '../../domain/turn.ts';
import type { Clock } from '../../ports/clock.ts';
import { number, optionalNumber, optionalText, type Row, text } from './attributes.ts';
import type { Entry } from './entries.ts';
import { nobodysLane, reopeningEntry, shelfOf } from './names.ts';
import type { Table } from './table.ts';

/** A message as it lies in the stage table. */
export interface Staged extends Entry, Arrived {
  readonly conversation: ConversationId;
  /** `ahead`: a correction came before the message, and is kept in its place. */
  readonly state: 'waiting' | 'done' | 'dead' | 'ahead';
  /** Microseconds since 1970, unique within a process: the order in which messages came. */
  readonly arrival: number;
  /** Gone once it is answered. */
  readonly message: Message | undefined;
  /** What is `ahead`. */
  readonly change: Change | undefined;
  /** Set when this is no message, but says that a finished turn has a failed part. */
  readonly reopening: Reopening | undefined;
}

interface Reopening {
  readonly turn: string;
  /** Another one each time it is written. */
  readonly nonce: string;
}

/** All that lies in the lanes of a conversation and is not put away. */
interface Work {
  /** Messages, by arrival. */
  readonly waiting: readonly Staged[];
  readonly ahead: readonly Staged[];
  /** What says that a turn has to be reopened, the oldest turn first. */
  readonly asked: readonly Staged[];
}

/** An item that is past its time counts as gone, whether or not DynamoDB has deleted it yet. */
const NEW = 'attribute_not_exists(#lane) OR #expires_at < :now';
const isGone = (row: Row, now: number) => (optionalNumber(row, 'expires_at') ?? now) < now;

/** The messages: waiting ones whole, the others as remembered ids. */
export function openStage(table: Table, clock: Clock) {
  const seconds = () => Math.floor(clock.now() / 1000);
  const expiry = (keptMs: number) => Math.ceil((clock.now() + keptMs) / 1000);

  async function move(entry: Entry, from: Staged['state'], change: Parameters<Table['update']>[1]) {
    await table.update(keyOf(entry), {
      ...change,
      when: '#state = :from AND #again = :again',
      values: { from, again: entry.again },
    });
  }

  async function find(entry: Pick<Entry, 'lane' | 'id'>): Promise<Staged | undefined> {
    const row = await table.get(keyOf(entry));
    return row === undefined || isGone(row, seconds()) ? undefined : stagedFrom(row);
  }

  /** Its words go, its id stays: in a lane that nothing but the id leads to, and for nobody. The second time does nothing. */
  async function disown(row: Row): Promise<void> {
    const { id, arrival, reopening } = stagedFrom(row);
    // What asks for a turn to be reopened is no message, and leaves nothing.
    if (reopening === undefined) {
      const expires_at = optionalNumber(row, 'expires_at') ?? expiry(IDS_KEPT_MS);
      const place = { lane: nobodysLane(id), message: id, conversation: '' };
      await table.put({ ...place, state: 'done', arrival, again: 0, expires_at });
    }
    await table.delete({ lane: text(row, 'lane'), message: id });
  }

  /** Lanes are shared when a person's identities were two people's before, hence the filter. */
  async function workOf(
    conversation: ConversationId,
    lanes: readonly string[],
    wasAsked = false,
  ): Promise<Work> {
    const found = await Promise.all(
      [...lanes, ...(wasAsked ? [conversation] : [])].map((lane) =>
        table.query({
          where: '#lane = :lane',
          filter: '(#state = :waiting OR #state = :ahead) AND #conversation = :conversation',
          values: { lane, waiting: 'waiting', ahead: 'ahead', conversation },
        }),
      ),
    );
    const rows = found.flat().filter((row) => !isGone(row, seconds()));
    const staged = rows.map(stagedFrom).sort(byArrival);
    return {
      waiting: staged.filter(({ state, reopening }) => state === 'waiting' && reopening === undefined),
      ahead: staged.filter(({ state }) => state === 'ahead'),
      asked: staged.filter(({ reopening }) => reopening !== undefined),
    };
  }

  return {
    /** False: the id is known. */
    put(staged: Omit<Staged, 'change' | 'reopening'>): Promise<boolean> {
      const { lane, id, conversation, state, arrival, again, message } = staged;
      const waits = state === 'waiting' && { shelf: shelfOf(id), at: arrival };
      const item = {
        ...{ lane, message: id, conversation, state, arrival, again },
        content: message && JSON.stringify(message),
        ...(waits || { expires_at: expiry(IDS_KEPT_MS) }),
      };
      return table.put(item, { when: NEW, values: { now: seconds() } });
    },

    find,

    /** The same, and also the id of a message whose person was erased since. */
    async findAnywhere({ lane, id }: Pick<Entry, 'lane' | 'id'>): Promise<Staged | undefined> {
      const [here, gone] = await Promise.all([find({ lane, id }), find({ lane: nobodysLane(id), id })]);
      return here ?? gone;
    },

    /** Those that are there. */
    async findEach(entries: readonly Pick<Entry, 'lane' | 'id'>[]): Promise<Staged[]> {
      const rows = await table.getMany(entries.map(keyOf));
      return rows.filter((row) => !isGone(row, seconds())).map(stagedFrom);
    },

    workOf,

    /** By arrival. */
    async waitingFor(conversation: ConversationId, lanes: readonly string[]): Promise<readonly Staged[]> {
      return (await workOf(conversation, lanes)).waiting;
    },

    /** The messages of a turn, by platform time, then arrival. */
    async messagesOf(entries: readonly Entry[]): Promise<Message[]> {
      const staged = (await table.getMany(entries.map(keyOf))).map(stagedFrom);
      return staged.sort(bySentThenArrival).flatMap(({ message }) => message ?? []);
    },

    /** Takes the words away and keeps the id. The second time does nothing. */
    async answer(entries: readonly Entry[]): Promise<void> {
      const set = { state: 'done', expires_at: expiry(IDS_KEPT_MS) };
      const remove = ['content', 'shelf', 'at'];
      await Promise.all(entries.map((entry) => move(entry, 'waiting', { set, remove })));
    },

    /** Keeps the words for as long as somebody may send the dead letter back. The second time does nothing. */
    async bury(entries: readonly Entry[]): Promise<void> {
      const set = { state: 'dead', expires_at: expiry(DEAD_LETTERS_KEPT_MS) };
      const remove = ['shelf', 'at'];
      await Promise.all(entries.map((entry) => move(entry, 'waiting', { set, remove })));
    },

    /** Makes dead messages wait again, at their old place; one after another, so that a crash leaves the first of them. */
    async revive(entries: readonly Entry[]): Promise<void> {
      for (const entry of entries) {
        const row = await table.get(keyOf(entry));
        const set = row && { state: 'waiting', shelf: shelfOf(entry.id), at: number(row, 'arrival') };
        if (set) await move(entry, 'dead', { set, add: { again: 1 }, remove: ['expires_at'] });
      }
    },

    /** Says that a turn has to be reopened; `newestAt` is that of the turn. The second time renews it. */
    async askToReopen({ turn, nonce }: Reopening, newestAt: number): Promise<void> {
      const entry = reopeningEntry(turn);
      if (entry === undefined) return;
      const { lane, id } = entry;
      const waits = { state: 'waiting', shelf: shelfOf(nonce), at: clock.now() * 1000 };
      const times = { arrival: newestAt * 1000, again: 0 };
      await table.put({ lane, message: id, conversation: lane, ...waits, ...times, turn, nonce });
    },

    /** Its turn need not be reopened, as far as this writing of it said so. */
    async dropReopening(staged: Staged): Promise<void> {
      await table.update(keyOf(staged), {
        set: { state: 'done', expires_at: expiry(IDS_KEPT_MS) },
        remove: ['shelf', 'at'],
        when: '#state = :waiting AND #nonce = :nonce',
        values: { waiting: 'waiting', nonce: staged.reopening?.nonce ?? '' },
      });
    },

    /** Takes every message out of a conversation, whatever became of it; what stays of it is its id. */
    async disownAll(conversation: ConversationId, lanes: readonly string[]): Promise<void> {
      for (const lane of [...lanes, conversation]) {
        const rows = await table.query({
          where: '#lane = :lane',
          filter: '#conversation = :conversation',
          values: { lane, conversation },
        });
        await Promise.all(rows.map(disown));
      }
    },

    /** Gives a waiting message to another conversation. */
    async handOver(entry: Pick<Entry, 'lane' | 'id'>, conversation: ConversationId): Promise<void> {
      await table.update(keyOf(entry), {
        set: { conversation },
        when: '#state = :waiting',
        values: { waiting: 'waiting' },
      });
    },
  };
}

export type Stage = ReturnType<typeof openStage>;

export function keyOf({ lane, id }: Pick<Entry, 'lane' | 'id'>) {
  return { lane, message: id };
}

function stagedFrom(row: Row): Staged {
  const content = optionalText(row, 'content');
  const change = optionalText(row, 'change');
  const turn = optionalText(row, 'turn');
  return {
    lane: text(row, 'lane'),
    id: text(row, 'message'),
    conversation: text(row, 'conversation'),
    state: stateOf(text(row, 'state')),
    arrival: number(row, 'arrival'),
    again: number(row, 'again'),
    message: content === undefined ? undefined : (JSON.parse(content) as Message),
    change: change === undefined ? undefined : (JSON.parse(change) as Change),
    reopening: turn === undefined ? undefined : { turn, nonce: text(row, 'nonce') },
  };
}

function stateOf(word: string): Staged['state'] {
  if (word === 'waiting' || word === 'done' || word === 'dead' || word === 'ahead') return word;
  throw new Error(`a message is ${word}, which this program does not know`);
}

function byArrival(a: Staged, b: Staged): number {
  return a.arrival - b.arrival;
}
