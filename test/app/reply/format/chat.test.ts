import { describe, expect, it } from 'vitest';
import { format } from '#app/reply/format.ts';
import { split } from '#app/reply/split.ts';

const formatted = (markdown: string): string => split(format(markdown), 1_000_000).join('\n<cut>\n');

describe('format: what a chat shows differently', () => {
  it.each([
    [
      'a fence of Markdown',
      '```markdown\n# T\n**B** [a](https://a.org)\n```',
      '*T*\n\n*B* a (https://a.org)',
    ],
    ['one inside a reply', 'x\n\n```md\n- a\n```\n\ny', 'x\n\n- a\n\ny'],
    ['a fence around the whole reply', '```\n| A | B |\n|--|--|\n| 1 | 2 |\n```', '*A: B*\n- 1: 2'],
    ['a program in a fence of Markdown', '```markdown\n# T\n```py\na\n```\nb\n```', '*T*\n\n```a```\n\nb'],
    ['an empty fence', 'x\n\n```ls', 'x\n\n```ls```'],
    ['a definition that no link uses', 'x\n\n[y]: https://a.org', 'x\n\n[y]: https://a.org'],
    ['another language', 'x\n\n```py\na_b = **c\n```', 'x\n\n```a_b = **c```'],
    ['a program alone', '```py\na = 1\n```', '```a = 1```'],
    ['indented verse', 'قال:\n\n    قفا نبك\n    بسقط', 'قال:\n\nقفا نبك\nبسقط'],
    ['a rule under a paragraph', 'At 5.\nBring a mat.\n---\nx', 'At 5.\nBring a mat.\n\nx'],
    ['an underlined title', 'Title\n=====\nx', '*Title*\n\nx'],
    ['the kind of a quote', '> [!NOTE]\n> Useful.', '> Useful.'],
    ['a picture that is a link', '[![img](https://a.org/u1)](https://b.org/u2)', 'img (https://b.org/u2)'],
    ['a link of a picture without text', '[![](https://a.org/u1)](https://b.org)', 'https://b.org'],
    [
      'a table of HTML',
      '<table>\n<tr><th>P</th><th>T</th></tr>\n<tr>\n  <td>Fajr</td>\n  <td>5:10</td>\n</tr>\n</table>',
      'P | T\nFajr | 5:10',
    ],
    ['text behind a script', '<script>\na\n\nb</script> after\n\nmore', 'after\n\nmore'],
    ['a comment over paragraphs', 'a <!-- b\n\nc --> d', 'a  d'],
    ['a comment that never ends', 'a <!-- b', 'a <!-- b'],
    ['a comment in code', '`<!-- a -->`', '`<!-- a -->`'],
    ['entities', '&hearts; &alpha; &Eacute; &frac34; &unknown;', '♥ α É ¾ &unknown;'],
  ])('%s', (_name, markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });

  it('changes only the block of an inline picture or a long word', () => {
    const picture = `![chart](data:image/png;base64,${'A'.repeat(9_000)})`;
    expect(formatted(`**T**\n\n${picture}\n\n- **x**: [a](https://x.org)`)).toBe(
      '*T*\n\nchart\n\n- *x*: a (https://x.org)',
    );
    const word = 'a_'.repeat(3_000);
    expect(formatted(`**T**\n\n${word}\n\n- **x**`)).toBe(`*T*\n\n${word}\n\n- *x*`);
    expect(formatted(`see data:image/png;base64,${'A'.repeat(300)} here`)).toBe('see … here');
  });
});

describe('format: removes what is not for the person', () => {
  it.each([
    ['<think>hm\n\nok</think>Answer', 'Answer'],
    ['<thinking>a</thinking>\n<reasoning>b</reasoning>\n\nAnswer', 'Answer'],
    ['<THINK>a', ''],
    ['a</think>\n\nAnswer', 'Answer'],
    ['a\n\n- b\n</think>', ''],
    ['# T\n\nx\n</think>\ny', '*T*\n\nx\n</think>\ny'],
    ['The tag </think> ends it.', 'The tag </think> ends it.'],
    [
      '<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>Answer<|return|>',
      'Answer',
    ],
    ['<|channel|>analysis<|message|>a', ''],
    ['```thinking\na\n```\nAnswer', 'Answer'],
    ['It is so【4:0†source】.', 'It is so.'],
    ['one【4:0†a】two', 'one two'],
    ['It is \uE200cite\uE202turn0search0\uE201.', 'It is.'],
    ['a\uE000b\uF8FF', 'a b'],
    ['a\u0007 \u001B[1mb\u009F\tc', 'a [1mb\tc'],
    ['a\uD83D b\uDE00', 'a b'],
    ['\u202Eabc\u202C \u2066open', 'abc open'],
    ['\u2067علم\u2069 \u200Fa\u200E ب\u200Cت', '\u2067علم\u2069 \u200Fa\u200E ب\u200Cت'],
    ['&#x202E;abc &#7;', 'abc'],
    ['[x](https://known.org@other.org/y)', 'x (https://other.org/y)'],
    ['https://a@b/ <https://u:p@c.org> https://d&#64;e.org', 'https://b/ https://c.org https://e.org'],
    ['https\\://a@b.org `https://a@b.org`', 'https://b.org `https://b.org`'],
  ])('%j', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });
});

describe('format: LaTeX', () => {
  it.each([
    ['\\( \\frac{1}{6} \\)', '1/6'],
    ['\\[ \\frac{1}{6} \\times 24 = 4 \\]', '1/6 × 24 = 4'],
    ['$$\\frac{a+b}{2} \\div x \\leq 3$$', '(a+b)/2 ÷ x ≤ 3'],
    ['$$a*b*c$$', 'a*b*c'],
    ['$x^2 + y_1$', 'x² + y₁'],
    ['the wife takes \\frac{1}{8} of it', 'the wife takes 1/8 of it'],
    ['\\text{wife} = 2\\frac{1}{2}\\%', 'wife = 2 1/2%'],
    ['\\sqrt{16} = 4, \\sqrt[3]{x+1}', '√16 = 4, ³√(x+1)'],
    ['$5 and $6, $20/month or 10$/day', '$5 and $6, $20/month or 10$/day'],
    ['\\[not a formula\\] \\[1\\]', '[not a formula] [1]'],
    ['`\\frac{1}{6}` C:\\times', '`\\frac{1}{6}` C:\\times'],
    ['\\frac{1', '1/'],
  ])('%j', (markdown, message) => {
    expect(formatted(markdown)).toBe(message);
  });
});
