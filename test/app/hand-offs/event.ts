import type { HandOffEvent } from '#app/ports/hand-offs.ts';
import { AISHA, NUMBER } from '../../fakes/messages.ts';

export function handOffEvent(changes: Partial<HandOffEvent> = {}): HandOffEvent {
  return {
    ...{ id: 'turn-1', event: 'handed_off', at: Date.UTC(2026, 0, 1, 12) },
    ...{ conversation: 'conversation-1', business: 'env', channel: 'meta', number: NUMBER, person: AISHA },
    ...{ language: 'ar', reason: 'The person asks for a scholar.', text: 'ما هي الزكاة؟\nHello?' },
    ...changes,
  };
}

/** As docs/hand-off.md shows it. */
export const PAYLOAD = {
  id: 'turn-1',
  event: 'handed_off',
  at: '2026-01-01T12:00:00.000Z',
  conversation: 'conversation-1',
  business: 'env',
  channel: 'meta',
  number: '100000000000001',
  person: { phone: '15550001111', user_id: 'US.13491208655302741918' },
  language: 'ar',
  reason: 'The person asks for a scholar.',
  text: 'ما هي الزكاة؟\nHello?',
};
