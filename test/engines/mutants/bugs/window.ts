import type { SeededBug } from './seeded-bug.ts';

const WINDOW = ['test/app/conversation/work/window.test.ts'];
const QUOTES = ['test/app/conversation/work/quotes.test.ts'];
const NOTICE = ['test/app/conversation/work/ai-notice.test.ts'];

/** Bugs that break the promises about the 24-hour window, quotes and the notice of a machine. */
export const window: readonly SeededBug[] = [
  {
    name: 'free text is sent outside the window',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'if (text !== TEMPLATE && !isWindowOpen(inboundAt, clock.now())) throw outsideWindow();',
        replace: 'void [inboundAt, TEMPLATE];',
      },
    ],
    proof: WINDOW,
  },
  {
    name: 'the assistant is asked outside the window',
    edits: [
      {
        file: 'app/conversation/policy.ts',
        find: "if (!isWindowOpen(inboundAt, now)) return { kind: 'outside-window' };",
        replace: 'void [inboundAt, isWindowOpen];',
      },
    ],
    proof: WINDOW,
  },
  {
    name: 'the window has no margin for the send',
    edits: [
      { file: 'app/conversation/window.ts', find: 'WINDOW_MS - MARGIN_MS', replace: 'WINDOW_MS' },
      { file: 'app/conversation/window.ts', find: 'const MARGIN_MS = 60_000;', replace: '' },
    ],
    proof: WINDOW,
  },
  {
    name: 'a message of an operator opens the window',
    edits: [
      {
        file: 'app/conversation/window.ts',
        find: 'isFromPerson(message) ? message.sentAt : 0',
        replace: 'message.sentAt',
      },
    ],
    proof: WINDOW,
  },
  {
    name: 'the platform refuses text, and gets an apology',
    edits: [
      {
        file: 'app/conversation/failure.ts',
        find: "return reopened ? 'none' : 'template';",
        replace: "return reopened ? 'none' : 'words';",
      },
    ],
    proof: ['test/app/conversation/work/failed-later.test.ts'],
  },
  {
    name: 'a dead letter that is sent back does not know that the person wrote again',
    edits: [
      {
        file: 'app/conversation/window.ts',
        find: 'Math.max(ofTurn, standing?.inboundAt ?? 0)',
        replace: 'standing === undefined ? ofTurn : ofTurn',
      },
    ],
    proof: WINDOW,
  },
  {
    name: 'the text of an assistant is taken for a template',
    edits: [
      {
        file: 'app/reply/format/characters.ts',
        find: '/(?![\\n\\t])[',
        replace: '/(?![\\n\\t\\u0010])[',
      },
    ],
    proof: ['test/app/conversation/template-text.test.ts'],
  },
  {
    name: 'a question with a quotation is asked twice, since the quoted text was deleted between two attempts',
    edits: [
      {
        file: 'app/conversation/quotes.ts',
        find: 'return questions === 0 && text !== TEMPLATE ? text : undefined;',
        replace: 'return questions >= 0 && text !== TEMPLATE ? text : undefined;',
      },
    ],
    proof: QUOTES,
  },
  {
    name: 'every part of an answer quotes the message',
    edits: [
      {
        file: 'app/conversation/send.ts',
        find: 'work.replyTo !== undefined && positionOf(key) === 0 &&',
        replace: 'work.replyTo !== undefined && positionOf(key) >= 0 &&',
      },
    ],
    proof: QUOTES,
  },
  {
    name: 'a notice of ours quotes the message',
    edits: [
      {
        file: 'app/conversation/quoting.ts',
        find: 'texts.length > 1 && !isNotice(parts, own)',
        replace: 'texts.length > (isNotice(parts, own) ? 1 : 1)',
      },
    ],
    proof: QUOTES,
  },
  {
    name: 'a forwarded message counts as a reply',
    edits: [
      {
        file: 'app/channels/meta/parse.ts',
        find: 'context?.id === undefined || context.forwarded || context.frequently_forwarded',
        replace: 'context?.id === undefined',
      },
    ],
    proof: ['test/app/channels/meta/parse.test.ts'],
  },
  {
    name: 'that a machine answers is said with every answer',
    edits: [
      {
        file: 'app/conversation/answer.ts',
        find: 'const noticed = isFirst ? { ...standing, noticeAt: now } : standing;',
        replace: 'const noticed = standing;',
      },
    ],
    proof: NOTICE,
  },
  {
    name: 'that a machine answers is remembered before it is written',
    edits: [
      {
        file: 'app/conversation/answer.ts',
        find: '...(admission.questions !== undefined && { questions: admission.questions }),',
        replace: '...admission, standing: { ...standing, noticeAt: 1 },',
      },
    ],
    proof: NOTICE,
  },
];
