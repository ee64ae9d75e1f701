import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The turn that the current call belongs to. It follows the calls of a wake-up through adapters that know nothing of turns,
 * such as a client of an assistant.
 */
interface Current {
  turn?: string;
}

const current = new AsyncLocalStorage<Current>();

/** Calls `work`, during which `setCurrentTurn` and `currentTurn` share one value. */
export function withCurrentTurn<T>(work: () => T): T {
  return current.run({}, work);
}

/** Has no effect outside `withCurrentTurn`. */
export function setCurrentTurn(turn: string): void {
  const store = current.getStore();
  if (store !== undefined) store.turn = turn;
}

/** Returns undefined outside `withCurrentTurn`, and before the turn is known. */
export function currentTurn(): string | undefined {
  return current.getStore()?.turn;
}
