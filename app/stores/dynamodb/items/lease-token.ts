import type { Lease } from '../../../ports/store.ts';

/**
 * A lease's token says all that a write under it must know. `fence` grows with every claim of the conversation: an item
 * with a higher one belongs to a later claim.
 */
interface LeaseToken {
  readonly fence: number;
  readonly turnId: string;
}

export function newToken(fence: number, turnId: string, nonce: string): string {
  return `${fence}/${turnId}/${nonce}`;
}

export function readToken({ token }: Lease): LeaseToken {
  const [fence = '', turnId = ''] = token.split('/');
  return { fence: Number(fence), turnId };
}
