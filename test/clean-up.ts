/**
 * Loaded before each test file. What a file started, created or changed for its process ends with it, since the next file
 * runs in the same process and with the same modules. For that reason helpers register no hook when they are imported: only
 * the first file would have it.
 */
import { afterAll, afterEach, vi } from 'vitest';
import { removeFolders } from './fakes/folder.ts';
import { killPrograms } from './fakes/program.ts';

// A test may put another object in its place.
const environment = process.env;
const variables = { ...environment };
const folder = process.cwd();

afterEach(killPrograms);
afterAll(() => {
  removeFolders();
  vi.unstubAllEnvs();
  process.env = environment;
  for (const name of Object.keys(environment)) if (!(name in variables)) delete environment[name];
  Object.assign(environment, variables);
  process.chdir(folder);
});
