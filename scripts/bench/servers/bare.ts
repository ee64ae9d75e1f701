import { receive, respondStored } from './receive.ts';

/** The minimal cost of a webhook on Node. */
receive((_bytes, response) => respondStored(response));
