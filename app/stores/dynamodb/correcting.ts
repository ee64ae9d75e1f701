import type { ConversationId } from '../../domain/conversation.ts';
import {
  type Change,
  type Correction,
  changeOf,
  corrected,
  isNewer,
  originalOf,
} from '../../domain/correction.ts';
import { Unavailable } from '../../domain/errors.ts';
import { rememberedId } from '../../domain/identity.ts';
import type { Message } from '../../domain/message.ts';
import { IDS_KEPT_MS, TEXT_KEPT_MS } from '../../domain/retention.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Acceptance } from '../../ports/store.ts';
import { type Entry, isSame } from './entries.ts';
import { fitting } from './fitting.ts';
import { conversationKey, shelfOf } from './names.ts';
import { heldFrom } from './rows.ts';
import type { ReadSecret } from './secret.ts';
import { keyOf, type Stage, type Staged } from './stage.ts';
import type { Table } from './table.ts';

interface CorrectingParts {
  readonly conversations: Table;
  readonly stageTable: Table;
  readonly stage: Stage;
  readonly secret: ReadSecret;
  readonly clock: Clock;
}

/** A message that comes now, and where it belongs. */
interface Arriving {
  /** Undefined: there is nothing to answer. */
  readonly message: Message | undefined;
  readonly conversation: ConversationId;
  readonly arrival: number;
}

/** The message, its turn or another correction may change between our look and our write; then we look again. */
const MOST_ROUNDS = 10;

/**
 * Edits and revokes. Each is one conditional write of one item: of the message where it waits, or, where it has not come,
 * of an item in its place, which the message meets. Every write holds only while the state and the stamp are as seen, so
 * that corrections and claims at the same moment end in one order or the other.
 *
 * Whether a turn has taken a message is looked up before the write. A turn that is opened in between shows the words as
 * they are when it reads them: the old ones or the new ones.
 */
export function correcting({ conversations, stageTable, stage, secret, clock }: CorrectingParts) {
  const expiry = (keptMs: number) => Math.ceil((clock.now() + keptMs) / 1000);

  return {
    /** Changes a message of the same conversation that still waits. One that a turn has taken stays as it is. */
    async correct(
      correction: Correction,
      ownId: string,
      conversation: ConversationId,
      lane: string,
    ): Promise<void> {
      const id = rememberedId(await secret(), originalOf(correction)).toString('base64url');
      const change = fittingChange(correction, ownId);
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const row = await conversations.get(conversationKey(conversation));
        // It was erased meanwhile.
        if (row === undefined) return;
        const { lanes, turn } = heldFrom(row);
        const found = await stage.findEach(
          [...new Set([lane, ...lanes])].map((each) => ({ lane: each, id })),
        );
        const own = found.find((staged) => staged.conversation === conversation);
        if (own === undefined) {
          // Somebody else's message: lanes are shared when a number changed hands.
          if (found.some((staged) => staged.lane === lane && staged.state !== 'ahead')) return;
          if (await putAhead({ lane, id }, conversation, change)) return;
        } else if (turn?.entries.some((entry) => isSame(entry, own)) || (await make(change, own))) return;
      }
      throw tooFast();
    },

    /**
     * Stores a message in the place of the correction that came before it. Undefined: another correction or another
     * delivery of the message was faster.
     */
    async meet(there: Staged, arriving: Arriving): Promise<Acceptance | undefined> {
      const { message, conversation, arrival } = arriving;
      const said = message && whatIsSaid(message, there, conversation);
      const put =
        said === undefined
          ? { set: { state: 'done', expires_at: expiry(IDS_KEPT_MS) }, remove: [] }
          : {
              set: { state: 'waiting', shelf: shelfOf(there.id), at: arrival, ...words(said) },
              remove: ['expires_at', ...(said.edited === undefined ? ['edited'] : [])],
            };
      const written = await stageTable.update(keyOf(there), {
        set: { conversation, arrival, ...put.set },
        remove: ['change', ...put.remove],
        when: '#state = :ahead AND #conversation = :seen AND #edited = :stamp',
        values: { ahead: 'ahead', seen: there.conversation, stamp: there.change?.stamp ?? '' },
      });
      return written && { outcome: said === undefined ? 'done' : 'new', conversation };
    },

    /**
     * Makes the changes that lie in one lane of a conversation for messages that wait in another one. Resolves to false
     * when there was none; else what waits is to be read again.
     */
    async catchUp(waiting: readonly Staged[], ahead: readonly Staged[]): Promise<boolean> {
      let made = false;
      for (const there of ahead) {
        const { change } = there;
        const own = waiting.find((staged) => staged.id === there.id);
        if (own === undefined || change === undefined) continue;
        made = true;
        if (!(await make(change, own))) continue;
        await stageTable.update(keyOf(there), {
          set: { state: 'done', expires_at: expiry(IDS_KEPT_MS) },
          remove: ['change'],
          when: '#state = :ahead AND #edited = :stamp',
          values: { ahead: 'ahead', stamp: change.stamp },
        });
      }
      return made;
    },
  };

  /** False: something lies there that was not there before. What another conversation left there gives way. */
  function putAhead(
    entry: Pick<Entry, 'lane' | 'id'>,
    conversation: ConversationId,
    change: Change,
  ): Promise<boolean> {
    const item = {
      ...keyOf(entry),
      ...{ conversation, state: 'ahead', arrival: 0, again: 0, edited: change.stamp },
      change: JSON.stringify(change),
      expires_at: expiry(TEXT_KEPT_MS),
    };
    return stageTable.put(item, {
      when: 'attribute_not_exists(#lane) OR #expires_at < :now OR (#state = :ahead AND #conversation <> :own)',
      values: { now: Math.floor(clock.now() / 1000), ahead: 'ahead', own: conversation },
    });
  }

  /** False: it is not as it was seen. */
  async function make(change: Change, own: Staged): Promise<boolean> {
    if (own.state === 'ahead') {
      if (!isNewer(change, own.change?.stamp)) return true;
      const update = { set: { edited: change.stamp, change: JSON.stringify(change) } };
      return write(own, 'ahead', change, update);
    }
    if (own.state !== 'waiting' || own.message === undefined) return true;
    const next = corrected(own.message, change);
    if (next === own.message) return true;
    if (next !== undefined) return write(own, 'waiting', change, { set: words(next) });
    const set = { state: 'done', edited: change.stamp, expires_at: expiry(IDS_KEPT_MS) };
    return write(own, 'waiting', change, { set, remove: ['content', 'shelf', 'at'] });
  }

  async function write(
    own: Staged,
    state: Staged['state'],
    { stamp }: Change,
    update: Pick<Parameters<Table['update']>[1], 'set' | 'remove'>,
  ): Promise<boolean> {
    const row = await stageTable.update(keyOf(own), {
      ...update,
      when: '#state = :state AND #again = :again AND (attribute_not_exists(#edited) OR #edited < :stamp)',
      values: { state, again: own.again, stamp },
    });
    return row !== undefined;
  }
}

export type Correcting = ReturnType<typeof correcting>;

function words(message: Message) {
  return { content: JSON.stringify(message), edited: message.edited };
}

/** A correction that another conversation left in the place does nothing to the message. */
function whatIsSaid(message: Message, there: Staged, conversation: ConversationId): Message | undefined {
  if (there.conversation !== conversation || there.change === undefined) return message;
  return corrected(message, there.change);
}

function fittingChange(correction: Correction, ownId: string): Change {
  const change = changeOf(correction, ownId);
  if (change.content === undefined) return change;
  const { content } = fitting({ ...correction, content: change.content });
  return content.kind === 'text' ? { ...change, content } : change;
}

function tooFast(): Unavailable {
  return new Unavailable('a message changes too fast to be corrected', { scope: 'app', code: 'contended' });
}
