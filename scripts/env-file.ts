/**
 * Reads `.env`, if there is one, into the environment, which wins. Imported before a program (`node --import`): Node's own
 * `--env-file-if-exists` prints a line when there is none.
 */
import { existsSync } from 'node:fs';

if (existsSync('.env')) process.loadEnvFile('.env');
