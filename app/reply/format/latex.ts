import { NAMES, SILENT, SYMBOLS, TRANSPARENT } from './latex/symbols.ts';
import { raised } from './raised.ts';

const FRACTIONS = new Set(['frac', 'dfrac', 'tfrac', 'cfrac']);
const SPACES: ReadonlyMap<string, string> = new Map([
  ['quad', '  '],
  ['qquad', '  '],
  ['space', ' '],
  [',', ' '],
  [';', ' '],
  [':', ' '],
  [' ', ' '],
  ['!', ''],
  ['(', ''],
  [')', ''],
  ['[', ''],
  [']', ''],
  ['\\', '\n'],
]);
/** Deeper braces are text: such a formula is unreadable on one line anyway. */
const DEEPEST = 10;

/** Commands that are LaTeX even outside of a marked formula: another word after a backslash may be part of a path. */
export function isCommand(name: string): boolean {
  return FRACTIONS.has(name) || name === 'sqrt' || TRANSPARENT.has(name) || SYMBOLS.has(name);
}

/** Returns a LaTeX formula as plain text: `\frac{1}{6} \times 2^2` is `1/6 × 2²`. Unknown commands stay. */
export function plainFormula(latex: string): string {
  return new Formula(latex).read(latex.length).replace(/ {2,}/g, ' ').trim();
}

/** Returns the text of the command at `at` (a backslash and letters) with its arguments, and where it ends. */
export function plainCommand(latex: string, at: number): { text: string; end: number } {
  const formula = new Formula(latex, at);
  const text = formula.next();
  return { text, end: Math.min(formula.at, latex.length) };
}

/** Reads from left to right, each character once. */
class Formula {
  at: number;
  readonly #latex: string;
  #depth = 0;

  constructor(latex: string, at = 0) {
    this.#latex = latex;
    this.at = at;
  }

  read(end: number): string {
    let text = '';
    while (this.at < end) {
      const before = this.at;
      const piece = this.next();
      const isFraction = /^\\[dtc]?frac/.test(this.#latex.slice(before, before + 6));
      text += isFraction && /\p{N}$/u.test(text) ? ` ${piece}` : piece;
    }
    return text;
  }

  next(): string {
    const character = this.#latex.charAt(this.at);
    if (character === '\\') return this.#command();
    if (character === '{') return this.#group() ?? this.#take();
    if (character === '^') return this.#script('above');
    if (character === '_') return this.#script('below');
    if (character === '&' || character === '}') {
      this.at += 1;
      return character === '&' ? ' ' : '';
    }
    if (character === '~') {
      this.at += 1;
      return ' ';
    }
    return this.#take();
  }

  #take(): string {
    const character = String.fromCodePoint(this.#latex.codePointAt(this.at) ?? 0x20);
    this.at += character.length;
    return character;
  }

  #command(): string {
    const start = this.at;
    const name = /^(?:[A-Za-z]+|[^A-Za-z]|$)/su.exec(this.#latex.slice(start + 1, start + 41))?.[0] ?? '';
    this.at = start + 1 + name.length;
    const symbol = SYMBOLS.get(name);
    if (symbol !== undefined) return symbol;
    const space = SPACES.get(name);
    if (space !== undefined) return space;
    if (FRACTIONS.has(name)) return `${operand(this.#argument())}/${operand(this.#argument())}`;
    if (name === 'sqrt') return this.#root();
    if (TRANSPARENT.has(name)) return this.#argument();
    if (NAMES.has(name)) return name;
    if (name === 'begin' || name === 'end') {
      this.#argument();
      return '';
    }
    if (SILENT.has(name)) {
      if (this.#latex.charAt(this.at) === '.') this.at += 1;
      return '';
    }
    return /^[A-Za-z]/.test(name) ? `\\${name}` : name;
  }

  #root(): string {
    const degree = /^\s*\[([^\]{}]{0,20})\]/.exec(this.#latex.slice(this.at, this.at + 40));
    if (degree) this.at += degree[0].length;
    return `${degree?.[1] ? raised(degree[1], 'above') : ''}√${operand(this.#argument())}`;
  }

  #script(height: 'above' | 'below'): string {
    this.at += 1;
    return raised(this.#argument(), height);
  }

  /** Reads an argument: a group, a command, or one character. */
  #argument(): string {
    while (this.#latex.charAt(this.at) === ' ') this.at += 1;
    if (this.at >= this.#latex.length) return '';
    if (this.#latex.charAt(this.at) === '{') return this.#group() ?? this.#take();
    return this.#depth < DEEPEST ? this.#nested(() => this.next()) : this.#take();
  }

  #group(): string | undefined {
    if (this.#depth >= DEEPEST) return undefined;
    this.at += 1;
    return this.#nested(() => {
      let text = '';
      while (this.at < this.#latex.length && this.#latex.charAt(this.at) !== '}') text += this.next();
      this.at += 1;
      return text;
    });
  }

  #nested(read: () => string): string {
    this.#depth += 1;
    const text = read();
    this.#depth -= 1;
    return text;
  }
}

/** Adds brackets around a compound expression. */
function operand(text: string): string {
  const inner = text.trim();
  return /^[\p{L}\p{M}\p{N}.,٫²³√]*$/u.test(inner) ? inner : `(${inner})`;
}
