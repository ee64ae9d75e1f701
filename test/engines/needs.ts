/**
 * Whether a suite that needs another program can run. When it cannot, it says so in one line; where
 * `ENGINES_REQUIRED` (names, separated by spaces) holds its name, it fails instead, so that a machine that is meant to
 * run it cannot pass without.
 */
export function canRun(name: string, missing: readonly string[]): boolean {
  if (missing.length === 0) return true;
  const sentence = `NOT RUN: ${name} (${missing.join(', ')})`;
  if ((process.env.ENGINES_REQUIRED ?? '').split(' ').includes(name)) throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
  return false;
}
