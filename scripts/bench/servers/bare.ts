import { answerStored, receive } from './receive.ts';

/** What any webhook on Node costs before it has done anything. */
receive((_bytes, response) => answerStored(response));
