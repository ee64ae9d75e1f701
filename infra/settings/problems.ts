/** Collects the problems of a stack's configuration, each with the command that fixes it. */
export class Problems {
  readonly all: string[] = [];
  readonly #stack: string;

  constructor(stack: string) {
    this.#stack = stack;
  }

  add(sentence: string, command?: string): void {
    this.all.push(command === undefined ? sentence : `${sentence}\n      ${command}`);
  }

  /** `set('image', '<digest reference>')` is the command that sets a key of this stack. */
  set(key: string, value: string): string {
    return `pulumi config set ${key} ${value} --stack ${this.#stack}`;
  }

  /** One entry of a list. */
  setEntry(key: string, index: string): string {
    return `pulumi config set --path '${key}[${index}]' <value> --stack ${this.#stack}`;
  }

  setSecret(key: string): string {
    return `pulumi config set --secret ${key} --stack ${this.#stack}`;
  }

  setVariable(name: string, value = '<value>'): string {
    return `pulumi config set --path environment.${name} ${value} --stack ${this.#stack}`;
  }

  setReference(variable: string): string {
    return `pulumi config set --path secretReferences.${variable} <arn> --stack ${this.#stack}`;
  }

  removeReference(variable: string): string {
    return `pulumi config rm --path secretReferences.${variable} --stack ${this.#stack}`;
  }

  remove(key: string): string {
    return `pulumi config rm ${key} --stack ${this.#stack}`;
  }

  removeVariable(name: string): string {
    return `pulumi config rm --path environment.${name} --stack ${this.#stack}`;
  }
}

/** The configuration of a stack is invalid: one message with every problem, in the order they were found. */
export class InvalidSettings extends Error {
  override readonly name = 'UnfitSettings';
  readonly problems: readonly string[];

  constructor(stack: string, problems: readonly string[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super(
      `Stack ${stack}: ${count} to fix, nothing was created.\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** Returns the known name that differs by at most two letters, if there is one. */
export function closest(name: string, known: Iterable<string>): string | undefined {
  for (const candidate of known) {
    if (candidate !== name && distance(candidate.toLowerCase(), name.toLowerCase()) <= 2) return candidate;
  }
  return undefined;
}

/** The edit distance with transpositions (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (same ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
  }
  return at(a.length, b.length);
}
