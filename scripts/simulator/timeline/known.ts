import { LRUCache } from 'lru-cache';
import { turnOf } from '../../../app/domain/part.ts';
import { idsOfTurn } from '../../../app/tracing/trace-ids.ts';
import type { Chat, Chats } from '../chats.ts';
import type { About } from './exchange.ts';

const MAX_KNOWN = 20_000;

interface KnownTurn {
  chat: Chat | undefined;
  /** Ids of the messages that it answers. */
  readonly messages: Set<string>;
}

/** Which chat a message, a turn or a conversation of the app belongs to. The app's log has keyed hashes of ids. */
export interface Known {
  /** The hash of the app's log. Everything that is known is hashed anew. */
  setHash(hash: (identity: string) => string): void;
  /** Returns the id of a message or of a reply; undefined when none has this hash. */
  plain(hashed: string | undefined): string | undefined;
  /** Remembers what an exchange says. */
  learn(about: About): void;
  /** A worker has claimed a message for this turn of this conversation. */
  claimed(turn: string, message: string | undefined, conversation: string | undefined): void;
  chatOf(subject: Subject): Chat | undefined;
  messagesOf(turn: string | undefined): readonly string[];
  turnsOf(message: string): readonly string[];
  turnOfTrace(traceId: string | undefined): string | undefined;
}

interface Subject {
  readonly messages?: readonly string[];
  readonly people?: readonly string[];
  readonly turn?: string | undefined;
  /** Hashed. */
  readonly conversation?: string | undefined;
}

export function createKnown(chats: Chats): Known {
  const plainIds = remembered<string>();
  /** Of messages that are no bubbles. */
  const peopleOf = remembered<readonly string[]>();
  const turns = remembered<KnownTurn>();
  const traces = remembered<string>();
  const conversations = remembered<Chat>();
  let hash: ((identity: string) => string) | undefined;

  chats.events.on('bubble', ({ id }) => remember(id));

  function remember(id: string): void {
    if (hash !== undefined) plainIds.set(hash(id), id);
  }

  function turnAt(turn: string): KnownTurn {
    const known = turns.get(turn) ?? { chat: undefined, messages: new Set() };
    turns.set(turn, known);
    traces.set(idsOfTurn(turn, 1).traceId, turn);
    return known;
  }

  function ownerOf(message: string): Chat | undefined {
    const bubble = chats.bubble(message);
    if (bubble !== undefined) return chats.find(bubble.person);
    return first(peopleOf.get(message) ?? [], chats.find.bind(chats));
  }

  return {
    setHash(next) {
      hash = next;
      plainIds.clear();
      for (const { id } of chats.bubbles()) remember(id);
      for (const id of peopleOf.keys()) remember(id);
    },
    plain: (hashed) => (hashed === undefined ? undefined : plainIds.get(hashed)),
    learn({ messages, people, keys }) {
      for (const id of messages) {
        if (chats.bubble(id) === undefined) peopleOf.set(id, people);
        remember(id);
      }
      const owner = first(messages, ownerOf) ?? first(people, chats.find.bind(chats));
      for (const key of keys) turnAt(turnOf(key)).chat ??= owner;
    },
    claimed(turn, message, conversation) {
      const known = turnAt(turn);
      if (message === undefined) return;
      known.messages.add(message);
      known.chat ??= ownerOf(message);
      if (conversation !== undefined && known.chat !== undefined) conversations.set(conversation, known.chat);
    },
    chatOf({ messages = [], people = [], turn, conversation }) {
      return (
        first(messages, ownerOf) ??
        first(people, chats.find.bind(chats)) ??
        (turn === undefined ? undefined : turns.get(turn)?.chat) ??
        (conversation === undefined ? undefined : conversations.get(conversation))
      );
    },
    messagesOf: (turn) => [...(turns.get(turn ?? '')?.messages ?? [])],
    turnsOf: (message) => [...turns].filter(([, { messages }]) => messages.has(message)).map(([id]) => id),
    turnOfTrace: (traceId) => (traceId === undefined ? undefined : traces.get(traceId)),
  };
}

/** What was not used for the longest time is forgotten. */
function remembered<Value extends object | string>(): LRUCache<string, Value> {
  return new LRUCache({ max: MAX_KNOWN });
}

function first<In, Out>(all: readonly In[], find: (one: In) => Out | undefined): Out | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
