/** Other programs, found on PATH before the real ones. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as z from 'zod';
import { temporaryFolder } from '../folder.ts';

export class FakeTools {
  readonly folder = temporaryFolder();
  readonly #before = { ...process.env };

  /** Puts a `pulumi` on this process's PATH that deploys to the account. */
  usePulumi(account: string, answers: Readonly<Record<string, string>> = {}): void {
    this.#executable('pulumi', `"${process.execPath}" "${join(import.meta.dirname, 'pulumi.ts')}" "$@"`);
    process.env.FAKE_ACCOUNT = account;
    process.env.FAKE_PULUMI = JSON.stringify(answers);
  }

  /** Puts a program there that runs the shell commands `does`, then prints something. */
  use(name: string, prints: string, exit = 0, does = ''): void {
    writeFileSync(join(this.folder, `${name}.out`), prints);
    const call = `printf '%s\\n' "$(printf '["${name}"'; for word; do printf ',"%s"' "$word"; done; printf ']')"`;
    this.#executable(
      name,
      `${call} >> "$FAKE_TOOLS/calls"\n${does}\ncat "$FAKE_TOOLS/${name}.out"\nexit ${exit}`,
    );
  }

  /** The exit codes of the next `pulumi up`s. */
  exits(...codes: readonly number[]): void {
    writeFileSync(join(this.folder, 'exits'), codes.join(' '));
  }

  /** Every call so far: the program and its arguments. */
  calls(): string[][] {
    const file = join(this.folder, 'calls');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => z.array(z.string()).parse(JSON.parse(line)));
  }

  /** The whole environment of a command that finds these programs and calls the account, without that of this machine. */
  environment(account: string): Record<string, string> {
    const { FAKE_ACCOUNT = '', FAKE_PULUMI = '', FAKE_TOOLS = '', PATH = '' } = process.env;
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: account };
    return { ...keys, FAKE_ACCOUNT, FAKE_PULUMI, FAKE_TOOLS, PATH };
  }

  restore(): void {
    process.env = { ...this.#before };
  }

  #executable(name: string, script: string): void {
    const file = join(this.folder, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    process.env.FAKE_TOOLS = this.folder;
    if (!process.env.PATH?.startsWith(this.folder)) {
      process.env.PATH = `${this.folder}${delimiter}${process.env.PATH}`;
    }
  }
}
