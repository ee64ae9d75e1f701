import { describe } from 'vitest';
import { accepting } from './store/accepting.ts';
import { changes } from './store/changes.ts';
import { claiming } from './store/claiming.ts';
import { correcting } from './store/correcting.ts';
import { costs } from './store/costs.ts';
import { dropping } from './store/dropping.ts';
import { ending } from './store/ending.ts';
import { erasing } from './store/erasing.ts';
import { identities } from './store/identities.ts';
import { moves } from './store/moves.ts';
import { quoting } from './store/quoting.ts';
import { replying } from './store/replying.ts';
import { showing } from './store/showing.ts';
import { standings } from './store/standing.ts';
import { statuses } from './store/statuses.ts';
import { type OpenStore, storeTest } from './store/store-test.ts';
import { tokens } from './store/tokens.ts';

interface StoreUnderTest {
  readonly name: string;
  readonly open: OpenStore;
  /** The number of random sequences of persons who change their numbers. */
  readonly moves?: number;
}

/** The contract of every store (`ConversationStore` in app/ports/store.ts), as a suite that each adapter passes. */
export function storeContract({ name, open, moves: runs = 10 }: StoreUnderTest): void {
  const it = storeTest(open);
  describe(`${name} store`, () => {
    for (const suite of [
      ...[accepting, correcting, identities, changes],
      ...[
        claiming,
        replying,
        standings,
        quoting,
        statuses,
        costs,
        tokens,
        ending,
        showing,
        dropping,
        erasing,
      ],
    ])
      suite(it);
    moves(it, runs);
  });
}
