import type { Bubble, Chats, Progress } from './chats.ts';

/** A reply that WhatsApp accepted from the app. */
interface Reply {
  readonly id: string;
  /** Larger than that of every reply accepted before it. */
  readonly order: number;
  /** `Person.id`. */
  readonly person: string;
  /** Its words, or the caption; empty where it has none. */
  readonly text: string;
  readonly kind: Bubble['content']['kind'];
  /** Its `biz_opaque_callback_data`. */
  readonly key?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly progress: Progress;
  /** Why it failed. */
  readonly code?: number;
}

export interface Replies {
  /** In the order in which they were accepted; of one person (the newest 2,000 bubbles), or of all. */
  list(person?: string): readonly Reply[];
  /** Resolves with the first `count` to this person as soon as there are so many. */
  reached(person: string, count: number): Promise<readonly Reply[]>;
  /** Calls back for each one, inside the call that accepts it. Answers how to stop that. */
  onEach(listener: (reply: Reply) => void): () => void;
}

export function createReplies(chats: Chats): Replies {
  function list(person?: string): readonly Reply[] {
    const bubbles = person === undefined ? chats.bubbles() : (chats.find(person)?.bubbles ?? []);
    return bubbles.filter(({ by }) => by === 'business').map(replyOf);
  }

  function onEach(listener: (reply: Reply) => void): () => void {
    const heard = (bubble: Bubble): void => listener(replyOf(bubble));
    chats.news.on('reply', heard);
    return () => chats.news.off('reply', heard);
  }

  return {
    list,
    onEach,
    reached(identity, count) {
      const { id } = chats.of(identity).person;
      const enough = (): readonly Reply[] | undefined => {
        const replies = list(id);
        return replies.length < count ? undefined : replies.slice(0, count);
      };
      const now = enough();
      if (now) return Promise.resolve(now);
      return new Promise((resolve) => {
        const stop = onEach(({ person }) => {
          const then = person === id ? enough() : undefined;
          if (!then) return;
          stop();
          resolve(then);
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
