import { Unavailable } from '../domain/errors.ts';

/** The largest event of a model API is its last one, which repeats the whole answer with escapes. */
const LONGEST_EVENT = 2 * 1024 * 1024;

/**
 * The data of each event of a `text/event-stream` (WHATWG HTML, section 9.2.6), whatever the pieces it comes in.
 * Comments and other fields are skipped. An event without its closing empty line is dropped, as the standard says.
 */
export async function* eventData(chunks: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let rest = '';
  let data: string[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    rest += chunk;
    if (rest.length + size > LONGEST_EVENT) {
      throw new Unavailable('an event of the stream is too long', { code: 'too-long' });
    }
    if (!/[\r\n]/.test(chunk)) continue;
    // A line may end in \r\n; a \r at the end of a chunk waits for what follows it.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) {
        const value = line.slice(line[5] === ' ' ? 6 : 5);
        data.push(value);
        size += value.length;
      } else if (line === '' && data.length > 0) {
        yield data.join('\n');
        data = [];
        size = 0;
      }
    }
  }
}
