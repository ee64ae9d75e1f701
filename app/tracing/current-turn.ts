import { AsyncLocalStorage } from 'node:async_hooks';

export interface CurrentTurn {
  readonly turn: string;
  readonly attempt: number;
}

/**
 * The turn that the current call belongs to. It follows the calls of a wake-up through adapters that know nothing of turns,
 * such as a client of an assistant.
 */
const storage = new AsyncLocalStorage<{ current?: CurrentTurn }>();

/** Calls `work`, during which `setCurrentTurn` and `currentTurn` share one value. */
export function withCurrentTurn<T>(work: () => T): T {
  return storage.run({}, work);
}

/** Has no effect outside `withCurrentTurn`. */
export function setCurrentTurn(current: CurrentTurn): void {
  const store = storage.getStore();
  if (store !== undefined) store.current = current;
}

/** Returns undefined outside `withCurrentTurn`, and before the turn is known. */
export function currentTurn(): CurrentTurn | undefined {
  return storage.getStore()?.current;
}
