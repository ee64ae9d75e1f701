import type { Bubble, Chats, Progress } from './chats.ts';

/** A reply that WhatsApp accepted from the app. */
interface Reply {
  readonly id: string;
  /** Increases with each accepted reply. */
  readonly order: number;
  /** `Person.id`. */
  readonly person: string;
  /** Text or caption; empty when there is none. */
  readonly text: string;
  readonly kind: Bubble['content']['kind'];
  /** What the app gets back with each status: `Bubble.key`. */
  readonly key?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly progress: Progress;
  /** Why it failed. */
  readonly code?: number;
}

export interface Replies {
  /** Returns the replies in the order of acceptance: to one person (the newest 2,000 bubbles), or all. */
  list(person?: string): readonly Reply[];
  /** Resolves to the first `count` replies to this person as soon as there are that many. */
  reached(person: string, count: number): Promise<readonly Reply[]>;
  /** Calls `listener` for each reply, inside the call that accepts it. Returns a function that stops this. */
  onEach(listener: (reply: Reply) => void): () => void;
}

export function createReplies(chats: Chats): Replies {
  function list(person?: string): readonly Reply[] {
    const bubbles = person === undefined ? chats.bubbles() : (chats.find(person)?.bubbles ?? []);
    return bubbles.filter(({ by }) => by === 'business').map(replyOf);
  }

  function onEach(listener: (reply: Reply) => void): () => void {
    const onReply = (bubble: Bubble): void => listener(replyOf(bubble));
    chats.events.on('reply', onReply);
    return () => chats.events.off('reply', onReply);
  }

  return {
    list,
    onEach,
    reached(identity, count) {
      const { id } = chats.of(identity).person;
      const firstReplies = (): readonly Reply[] | undefined => {
        const replies = list(id);
        return replies.length < count ? undefined : replies.slice(0, count);
      };
      const present = firstReplies();
      if (present) return Promise.resolve(present);
      return new Promise((resolve) => {
        const stop = onEach(({ person }) => {
          const replies = person === id ? firstReplies() : undefined;
          if (!replies) return;
          stop();
          resolve(replies);
        });
      });
    },
  };
}

function replyOf({ id, order, person, content, key, at, progress, code }: Bubble): Reply {
  return {
    id,
    order,
    person,
    text: ('text' in content ? content.text : undefined) ?? '',
    kind: content.kind,
    at,
    progress,
    ...(key === undefined ? {} : { key }),
    ...(code === undefined ? {} : { code }),
  };
}
