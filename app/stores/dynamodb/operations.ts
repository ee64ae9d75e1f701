import type { Operations } from '../../ports/store.ts';
import type { Aliases } from './aliases.ts';
import type { DeadLetters } from './dead-letters.ts';
import { erasing } from './erasure.ts';
import type { MessageStates } from './message-states.ts';
import { findingPerson } from './person.ts';
import { scanning } from './scanning.ts';
import { type ShowingPorts, showing } from './shown.ts';

interface OperationPorts extends Omit<ShowingPorts, 'conversationsOf'> {
  readonly states: MessageStates;
  readonly aliases: Aliases;
  readonly deadLetters: DeadLetters;
}

/** Conversations as operators see them, dead letters and erasure. */
export function operations(ports: OperationPorts): Operations {
  const { deadLetters } = ports;
  const conversationsOf = findingPerson(ports);
  return {
    ...showing({ ...ports, conversationsOf }),
    deadLetters: deadLetters.list,
    deadLetter: deadLetters.show,
    deadLetterTexts: deadLetters.texts,
    redrive: deadLetters.redrive,
    drop: deadLetters.drop,
    erase: erasing({ ...ports, conversationsOf }),
    ...scanning(ports),

    /** Backups of a table are kept by AWS and expire: docs/runbook.md. */
    async purge() {
      return true;
    },
  };
}
