import { isInWord } from './characters.ts';

/** Names that models give to the tag around what they think before they answer. */
const THOUGHT = 'think|thinking|thought|thoughts|reasoning|reflection|seed:think|antml:thinking';

/** Opening and closing marks of thoughts, in pairs. Source: the chat templates of the models that write them. */
const THOUGHTS: readonly (readonly [open: RegExp, close: RegExp])[] = [
  [new RegExp(`^<(?:${THOUGHT})(?:\\s[^<>]{0,200})?>`, 'i'), new RegExp(`</(?:${THOUGHT})\\s*>`, 'i')],
  [/^\[THINK\]/, /\[\/THINK\]/],
  [/^◁think▷/, /◁\/think▷/],
  [/^<\|begin_of_thought\|>/, /<\|end_of_thought\|>/],
  [/^<\|START_THINKING\|>/, /<\|END_THINKING\|>/],
  [/^(`{3,}|~{3,})[ \t]*(?:think|thinking|reasoning)[ \t]*\n/i, /^(?:`{3,}|~{3,})[ \t]*$/m],
];

/** OpenAI's harmony format: channels `analysis` and `commentary` are for the model, `final` is for the person. */
const CHANNEL = /^(?:<\|start\|>assistant)?<\|channel\|>/;
const FINAL_CHANNEL = /<\|channel\|>final[^<]{0,100}<\|message\|>/g;

/** Marks of turns and of their ends, which chat templates put around messages. */
const TEMPLATE_MARKS =
  /<\|(?:im_start|im_end|start|end|eot_id|eom_id|return|call|endoftext|begin_of_solution|end_of_solution|START_RESPONSE|END_RESPONSE)\|>/g;

/**
 * The end of a thought whose opening mark stood in the prompt, as with DeepSeek's models. It ends its line; inside a line
 * or in code an answer speaks about such marks.
 */
const STRAY_CLOSE = new RegExp(`(?<!\`)</(?:${THOUGHT})\\s*>(?=[ \\t]*(?:\\n|$))`, 'i');
/** What thoughts do not have and answers do: a heading, a table, a fence. */
const WRITTEN_FOR_READERS = /^(?:#{1,6}[ \t]|\||`{3}|~{3})/m;

/**
 * Citations of OpenAI's file search (`【4:0†source】`) and web search (U+E200 `cite` U+E202 … U+E201, in characters of
 * private use), with the space before them.
 */
const SOURCE =
  '【[^【】\\n]{0,200}†[^【】\\n]{0,200}】|\\uE200[^\\uE200\\uE201\\n]{0,1000}\\uE201|[\\uE000-\\uF8FF]+';
const SOURCES = new RegExp(`[ \\t]{0,2}(?:${SOURCE})+`, 'g');

/**
 * The answer without what the model wrote for itself or for a program: thoughts before the answer, marks of its chat
 * template, citations that only a web page can resolve. A thought that never ends leaves nothing.
 */
export function withoutModelMarks(text: string): string {
  const answer = withoutThoughts(text);
  return answer.replace(SOURCES, (match: string, at: number) => {
    const next = answer.charAt(at + match.length);
    if (/^[\s.,;:!?،؛؟。)»]?$/.test(next)) return '';
    const spaces = /^[ \t]*/.exec(match)?.[0] ?? '';
    return spaces !== '' || !isInWord(answer.charAt(at - 1)) || !isInWord(next) ? spaces : ' ';
  });
}

function withoutThoughts(text: string): string {
  let rest = finalChannel(text.trimStart());
  for (;;) {
    const [found] = THOUGHTS.flatMap(([open, close]) => {
      const length = open.exec(rest)?.[0].length;
      return length === undefined ? [] : [{ length, close }];
    });
    if (!found) break;
    const inner = rest.slice(found.length);
    const end = found.close.exec(inner);
    if (!end) return '';
    rest = inner.slice(end.index + end[0].length).trimStart();
  }
  const stray = STRAY_CLOSE.exec(rest);
  const isThought = stray !== null && !WRITTEN_FOR_READERS.test(rest.slice(0, stray.index));
  const answer = isThought ? rest.slice(stray.index + stray[0].length) : rest;
  return answer.replace(TEMPLATE_MARKS, '');
}

function finalChannel(text: string): string {
  if (!CHANNEL.test(text)) return text;
  const last = [...text.matchAll(FINAL_CHANNEL)].at(-1);
  return last ? text.slice(last.index + last[0].length) : '';
}
