import type { Lease } from '../../../ports/store.ts';

/**
 * A lease's token contains everything that a write under the lease needs. `fence` grows with every claim of the
 * conversation: an item with a higher fence belongs to a later claim.
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
