import { Chats } from '#scripts/simulator/chats.ts';
import { withDefaults } from '#scripts/simulator/options.ts';
import { ABOUT_NOTHING, type Exchange } from '#scripts/simulator/timeline/exchange.ts';
import { KeptBody } from '#scripts/simulator/timeline/kept-body.ts';
import { createTimers } from '#scripts/simulator/timers.ts';

export function createChatsForTest(): Chats {
  return new Chats(withDefaults({}), createTimers(), () => 'wamid.1');
}

export function exchange(body = ''): Exchange {
  return {
    ...{ kind: 'api', at: 0, ms: 0, method: 'POST', url: 'http://localhost/' },
    request: { headers: [], body: new KeptBody(body) },
    about: ABOUT_NOTHING,
  };
}
