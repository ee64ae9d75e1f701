/**
 * Returns whether a suite that needs another program can run, and prints one line when it cannot. Throws instead when
 * `ENGINES_REQUIRED` (names, separated by spaces) has its name, so that a machine that must run it cannot pass without it.
 */
export function canRun(name: string, missing: readonly string[]): boolean {
  if (missing.length === 0) return true;
  const sentence = `NOT RUN: ${name} (${missing.join(', ')})`;
  if ((process.env.ENGINES_REQUIRED ?? '').split(' ').includes(name)) throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
  return false;
}
