import { Unavailable } from '../domain/errors.ts';
import type { Assistant } from '../ports/assistant.ts';

/** Returns the assistant with failures that affect its own business only: their scope is `business` instead of `app`. */
export function ofOneBusiness(assistant: Assistant): Assistant {
  return {
    register: (...args) => assistant.register(...args).catch(narrow),
    registerAnew: (...args) => assistant.registerAnew(...args).catch(narrow),
    lastThread: (...args) => assistant.lastThread(...args).catch(narrow),
    openThread: (...args) => assistant.openThread(...args).catch(narrow),
    answer: (...args) => assistant.answer(...args).catch(narrow),
    threadEnd: (...args) => assistant.threadEnd(...args).catch(narrow),
    earlierAnswer: (...args) => assistant.earlierAnswer(...args).catch(narrow),
  };
}

function narrow(error: unknown): never {
  throw error instanceof Unavailable && error.scope === 'app' ? error.withScope('business') : error;
}
