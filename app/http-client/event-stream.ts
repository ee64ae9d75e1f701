import { createParser } from 'eventsource-parser';
import { Unavailable } from '../domain/errors.ts';

/** The largest event of a model API is its last one, which repeats the whole answer in escaped form. */
const MAX_EVENT_CHARACTERS = 2 * 1024 * 1024;

/**
 * Yields the data of each event of a `text/event-stream` (WHATWG HTML, section 9.2.6), however the text is cut into
 * chunks. An event without its closing empty line is dropped, as the standard says. Throws `Unavailable` with the code
 * `too-long` when an event does not end.
 */
export async function* eventData(chunks: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  const events: string[] = [];
  let isTooLong = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ data }) => events.push(data),
    onError({ type }) {
      isTooLong ||= type === 'max-buffer-size-exceeded';
    },
  });
  for await (const chunk of chunks) {
    parser.feed(chunk);
    yield* events.splice(0);
    if (isTooLong) throw new Unavailable('an event of the stream is too long', { code: 'too-long' });
  }
}
