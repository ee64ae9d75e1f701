import type { ConversationId } from '../../domain/conversation.ts';
import { type History, type Ownership, ownerNow, withoutOwner } from '../../domain/identity/history.ts';
import { number, optionalNumber, optionalText, type Row, text, texts } from './attributes.ts';
import { namePartition } from './names.ts';
import type { Held } from './rows.ts';
import type { ReadSecret } from './secret.ts';
import type { Key, Table } from './table.ts';

/** A name's item: whose it is and was, for one business number. */
export interface NameItem {
  readonly name: string;
  readonly key: Key;
  readonly history: History;
  /** Rises with every write; 0: there is no item. */
  readonly version: number;
  /** The conversation whose item is there and has this name. */
  readonly home: ConversationId | undefined;
  /** The conversation that lists the lane of this name, when it was last said to be in use, and when it was opened. */
  readonly laneOf: ConversationId | undefined;
  readonly seenAt: number;
  readonly openedAt: number;
}

/** The item of a name, from its row or for want of one. */
export function nameItem(name: string, key: Key, row: Row | undefined): NameItem {
  return {
    name,
    key,
    history: row === undefined ? [] : texts(row, 'owners').map(readOwner),
    version: row === undefined ? 0 : number(row, 'version'),
    home: row && optionalText(row, 'home'),
    laneOf: row && optionalText(row, 'lane_of'),
    seenAt: (row && optionalNumber(row, 'seen_at')) ?? 0,
    openedAt: (row && optionalNumber(row, 'opened_at')) ?? 0,
  };
}

export function ownersIn(history: History): string[] {
  return history.map(({ from, until, conversation }) => `${from}.${until ?? ''}.${conversation}`);
}

function readOwner(written: string): Ownership {
  const [from = '', until = '', conversation = ''] = written.split('.');
  return { conversation, from: Number(from), ...(until !== '' && { until: Number(until) }) };
}

/** `when` and `values` of a write that holds only if the item is as it was read. */
export function unchanged({ version }: NameItem) {
  if (version === 0) return { when: 'attribute_not_exists(#version)' };
  return { when: '#version = :seen', values: { seen: version } };
}

/** Names, found by the name itself or by the conversation that has it, whatever the business number. */
export function openLeads(conversations: Table, secret: ReadSecret) {
  async function of(name: string): Promise<NameItem[]> {
    const who = namePartition(await secret(), name);
    const rows = await conversations.query({ where: '#conversation = :who', values: { who } });
    return rows.map((row) => nameItem(name, { conversation: who, item: text(row, 'item') }, row));
  }

  async function to({ conversation: { id }, names }: Pick<Held, 'conversation' | 'names'>) {
    const found = await Promise.all(names.map(of));
    return found.flat().filter(({ history }) => history.some(({ conversation }) => conversation === id));
  }

  return {
    of,

    /** Names that belong to the conversation, or did. */
    to,

    /** Whether any name belongs to the conversation now. */
    async hasName(held: Held): Promise<boolean> {
      return (await to(held)).some(({ history }) => ownerNow(history) === held.conversation.id);
    },

    /** Takes a conversation out of a name's history. False: the item has changed meanwhile, and stays as it is. */
    async drop(item: NameItem, conversation: ConversationId): Promise<boolean> {
      const left = withoutOwner(item.history, conversation);
      if (left.length === 0) return conversations.delete(item.key, unchanged(item));
      const set = { owners: ownersIn(left), version: item.version + 1 };
      return (await conversations.update(item.key, { set, ...unchanged(item) })) !== undefined;
    },

    /** Undoes `drop`, unless the item was written again since. */
    async restore({ name: _, key, history, version, home, laneOf, ...times }: NameItem): Promise<void> {
      await conversations.put(
        {
          ...key,
          ...{ owners: ownersIn(history), version: version + 2, home, lane_of: laneOf },
          ...{ seen_at: times.seenAt, opened_at: times.openedAt },
        },
        { when: 'attribute_not_exists(#item) OR #version = :dropped', values: { dropped: version + 1 } },
      );
    },
  };
}

export type Leads = ReturnType<typeof openLeads>;
