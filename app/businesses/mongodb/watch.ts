import { MongoServerError } from 'mongodb';
import type { Clock } from '../../ports/clock.ts';
import { type Backoff, backoffDelayMs } from '../../resilience/cooldowns.ts';
import { type Change, changeOf } from './changes.ts';

/** As the driver's `ChangeStream`. */
export interface ChangeFeed {
  /** Resolves to null when nothing changed for a while; to an event, or rejects. The first call opens the feed. */
  tryNext(): Promise<unknown>;
  /** Where the next feed continues. */
  readonly resumeToken: unknown;
  readonly closed: boolean;
  close(): Promise<void>;
}

export interface WatchOptions {
  /** Opens a feed after the event with the token; undefined: from now on. */
  readonly open: (resumeAfter: unknown) => Promise<ChangeFeed>;
  readonly clock: Clock;
  readonly onChange: (change: Change) => void;
  /** Called when changes may have happened that no event reports. */
  readonly onGap: () => void;
  /** The server has no change streams, or not for this user: none are watched. */
  readonly onUnsupported: (error: unknown) => void;
  /** Called once for each interruption. */
  readonly onInterrupted: (error: unknown) => void;
}

export interface Watch {
  /** Resolves with the first feed, or when there is none for now. */
  readonly begun: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Codes of servers without change streams: a standalone MongoDB (40573), FerretDB (238, NotImplemented), a server that does
 * not know the stage (40324) or the command (59), a user without the right (13).
 */
const UNSUPPORTED = new Set([40573, 238, 40324, 59, 13]);
/** The history after the token is lost, or the token is not accepted (MongoDB, `error_codes.yml`). */
const NOT_RESUMABLE = new Set([280, 286, 260]);
const BACKOFF: Backoff = { firstMs: 1_000, factor: 2, maxMs: 60_000 };

/** Follows the changes of a collection until it is stopped. The driver resumes what is only interrupted; this opens again. */
export function watchChanges(options: WatchOptions): Watch {
  const { open, clock, onChange, onGap, onUnsupported, onInterrupted } = options;
  const begun = Promise.withResolvers<void>();
  const stopped = new AbortController();
  let feed: ChangeFeed | undefined;
  let token: unknown;
  let failures = 0;
  const following = follow();
  return {
    begun: begun.promise,
    async stop() {
      stopped.abort(new Error('stopped'));
      await feed?.close().catch(() => {});
      await following;
    },
  };

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await followOne();
      } catch (error) {
        if (stopped.signal.aborted) break;
        const code = error instanceof MongoServerError ? Number(error.code) : 0;
        if (UNSUPPORTED.has(code)) {
          onUnsupported(error);
          break;
        }
        if (NOT_RESUMABLE.has(code)) token = undefined;
        if (failures === 0) onInterrupted(error);
        begun.resolve();
        await clock.sleep(backoffDelayMs(BACKOFF, failures), stopped.signal).catch(() => {});
        failures += 1;
      }
    }
    begun.resolve();
  }

  /** Resolves when the server has ended the feed, for example since the collection was dropped. */
  async function followOne(): Promise<void> {
    const resumed = token !== undefined;
    feed = await open(token);
    try {
      for (let first = true; !stopped.signal.aborted && !feed.closed; first = false) {
        const event = await feed.tryNext();
        failures = 0;
        if (first && !resumed) onGap();
        if (event !== null) onChange(changeOf(event));
        token = feed.resumeToken;
        begun.resolve();
      }
    } finally {
      await feed.close().catch(() => {});
    }
    // A token of an ended feed is not accepted for `resumeAfter`.
    token = undefined;
  }
}
