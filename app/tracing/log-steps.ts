import type { Log } from '../log.ts';
import type { Step, Tracer } from '../ports/tracer.ts';

export const STEP_EVENT = 'step';

interface LogStepsOptions {
  readonly log: Pick<Log, 'info'>;
  /** As in the other lines of the log: ids of messages hold the number of a person. */
  readonly hash: (identity: string) => string;
}

/** Returns a tracer that writes a line for each step; `npm run conversations -- trace` reads them. */
export function createLogSteps({ log, hash }: LogStepsOptions): Tracer {
  const hashed = (identity = '') => (identity === '' ? undefined : hash(identity));
  return {
    step({ name, conversation, message, turn, attempt, part, parts, platformId, outcome, code, ms }: Step) {
      log.info(STEP_EVENT, {
        ...{ step: name, who: hashed(conversation), message: hashed(message), turn, attempt },
        ...{ part, parts, sent: hashed(platformId), outcome, code, ms },
      });
    },
  };
}
