import type { Operations } from '../../ports/store.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type ErasurePorts, erasing } from './erasure.ts';

interface OperationPorts extends ErasurePorts {
  readonly deadLetters: DeadLetters;
}

/** Dead letters and erasure. */
export function operations({ deadLetters, ...ports }: OperationPorts): Operations {
  return {
    conversations: async () => [],
    conversation: async () => undefined,
    conversationsOf: async () => [],
    deadLetters: deadLetters.list,
    redrive: deadLetters.redrive,
    erase: erasing(ports),

    /** Backups of a table are kept by AWS and expire: docs/runbook.md. */
    async purge() {
      return true;
    },
  };
}
