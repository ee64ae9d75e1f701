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
  const plainIds = new Map<string, string>();
  /** Of messages that are no bubbles. */
  const peopleOf = new Map<string, readonly string[]>();
  const turns = new Map<string, KnownTurn>();
  const traces = new Map<string, string>();
  const conversations = new Map<string, Chat>();
  let hash: ((identity: string) => string) | undefined;

  chats.events.on('bubble', ({ id }) => remember(id));

  function remember(id: string): void {
    if (hash !== undefined) put(plainIds, hash(id), id);
  }

  function turnAt(turn: string): KnownTurn {
    const known = turns.get(turn) ?? { chat: undefined, messages: new Set() };
    put(turns, turn, known);
    put(traces, idsOfTurn(turn, 1).traceId, turn);
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
        if (chats.bubble(id) === undefined) put(peopleOf, id, people);
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
      if (conversation !== undefined && known.chat !== undefined)
        put(conversations, conversation, known.chat);
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

function first<In, Out>(all: readonly In[], find: (one: In) => Out | undefined): Out | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The oldest ones are forgotten. */
function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.size > MAX_KNOWN ? map.keys() : [];
  if (oldest !== undefined) map.delete(oldest);
}
