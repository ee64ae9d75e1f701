import { LeaseLost } from '../../domain/errors.ts';
import type { Lease } from '../../ports/store.ts';
import { type ConversationRow, intactConversation } from './rows.ts';
import type { Statements } from './statements.ts';

/** Returns the conversation of a valid lease. Throws `LeaseLost` or `DamagedRow` before any write. */
export function requireLease(
  { leased }: Statements,
  lease: Lease,
): ConversationRow & { readonly turn: string } {
  const row = leased.get(lease.conversation, lease.token);
  if (row === undefined) throw new LeaseLost('another worker took the lease');
  return intactConversation(row);
}
