import { z } from 'zod';
import type { Config } from '../../../app/config.ts';
import { parseJson } from '../../../app/json.ts';
import { Impossible } from '../bad-request.ts';
import type { Chat } from '../bubble.ts';
import type { ChannelName } from '../options.ts';
import { type Exchange, headerOf } from '../timeline/exchange.ts';
import type { Recorder } from '../timeline/recorder.ts';
import { ownPartOf } from './delivery-body.ts';
import { RECORDING_VERSION, type Recording, recordingSchema } from './format.ts';

interface Source {
  readonly channel: ChannelName;
  readonly recorder: Recorder;
  readonly config: Config;
}

const NOT_KEPT =
  'The deliveries of this chat are not kept from its beginning on: they are, for a person who has first written after the simulator started. Add a person, and write as that one.';
const questionSchema = z.object({ message: z.string() });

/** Returns the chat as a recording. Throws `Impossible` when it cannot be replayed from its beginning on. */
export function record(chat: Chat, { channel, recorder, config }: Source): Recording {
  refuseRealNumber(config, channel);
  if (config.assistant.kind !== 'ansari')
    throw new Impossible(
      'Only chats with ASSISTANT=ansari can be recorded: the answers are read in its format.',
    );
  const [first] = chat.bubbles;
  if (first === undefined) throw new Impossible('Nothing has been written in this chat.');
  const own = new Set(chat.bubbles.filter(({ by }) => by === 'person').map(({ id }) => id));
  const deliveries = recorder
    .deliveriesOf(own)
    .filter(({ response, fault }) => response?.status === 200 && !fault)
    .flatMap((exchange) => {
      const body = ownPartOf(wholeBody(exchange), channel, chat.person, own);
      return body === undefined ? [] : [{ at: exchange.at, body }];
    });
  const isDelivered = (id: string) =>
    deliveries.some(({ body }) => JSON.stringify(body).includes(JSON.stringify(id)));
  if (deliveries.length === 0 || [...own].some((id) => !isDelivered(id))) throw new Impossible(NOT_KEPT);
  const from = Math.min(first.at, deliveries[0]?.at ?? first.at);
  const { id: _, ...person } = chat.person;
  const { batchWindowMs, aiNotice } = config.policy;
  return recordingSchema.parse({
    ...{ version: RECORDING_VERSION, channel, settings: { batchWindowMs, aiNotice }, person },
    messages: chat.bubbles.map(({ id, by, at, to, content }) => ({
      ...{ by, id, afterMs: at - from, ...(to === undefined ? {} : { to }), content },
    })),
    deliveries: deliveries.map(({ at, body }) => ({ afterMs: at - from, body })),
    answers: recorder.timeline(chat).flatMap(({ id }) => answerOf(recorder.find(id))),
  });
}

/** A recording is a file in a repository: nothing of real people. */
function refuseRealNumber({ meta, twilio }: Config, channel: ChannelName): void {
  const url = channel === 'meta' ? meta.apiUrl : twilio?.apiUrl;
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(URL.parse(url ?? '')?.hostname ?? '');
  if (!isHere)
    throw new Impossible('The app sends to a real number: chats with real people are not recorded.');
}

function answerOf(exchange: Exchange | undefined): Recording['answers'] {
  if (exchange === undefined) return [];
  const { kind, url, response, failure } = exchange;
  if (kind !== 'assistant' || !url.endsWith('/messages/process')) return [];
  if (response?.status !== 200 || failure !== undefined || !response.body.isWhole) return [];
  const { message } = questionSchema.parse(parseJson(wholeBody(exchange)));
  return [{ question: message, answer: response.body.text(headerOf(response.headers, 'content-type')) }];
}

function wholeBody({ request: { body } }: Exchange): string {
  if (!body.isWhole)
    throw new Impossible('A request of this chat is larger than the 64 KB that are kept of one.');
  return body.bytes().toString('utf8');
}
