/** `npm run businesses` on a server of MongoDB's protocol, with a database for each test file. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectId } from 'mongodb';
import { beforeEach, describe, expect } from 'vitest';
import { businessAt, parseBusiness } from '#app/businesses/document.ts';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import type { BusinessDocument } from '#scripts/businesses/collection.ts';
import { temporaryFolder } from '../../fakes/folder.ts';
import { testDatabase } from '../../fakes/mongodb.ts';
import { type Program, runProgram } from '../../fakes/program.ts';
import { canRun } from '../needs.ts';

const uri = process.env.MONGODB_URI;
const there = canRun('mongodb', uri === undefined ? ['no MONGODB_URI'] : []);
const database = uri === undefined ? undefined : await testDatabase(uri);

export const NUMBER = '100000000000001';
export const K1 = { id: 'k1', key: randomBytes(32) };
export const K2 = { id: 'k2', key: randomBytes(32) };
const ENCRYPTION_SECRET = [K1].map(written).join();
export const ROTATING = [K2, K1].map(written).join();
export const keys = createTokenKeys([K1]);

function written({ id, key }: typeof K1): string {
  return `${id}:${key.toString('base64')}`;
}

/** Whatever holds this in its text is a secret in these tests. */
export const MARK = 'S3cr3t';
export const TOKEN = `EAA${MARK}A1b2C3d4E5f6G7h8`;

const folder = temporaryFolder();
export function file(content: string): string {
  const name = `f-${randomBytes(6).toString('hex')}`;
  writeFileSync(join(folder, name), content);
  return name;
}

export function collection() {
  if (database === undefined) throw new Error('no database');
  return database.db.collection<BusinessDocument>('businesses');
}

export const environment = {
  MONGODB_URI: uri ?? '',
  MONGODB_DB_NAME: database?.name ?? '',
  ENCRYPTION_SECRET,
};

export function start(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  input?: string,
): Program {
  return runProgram('scripts/businesses.ts', { ...environment, ...more }, words, folder, input);
}

/** Runs the command. Fails when it prints a secret, or the stack of an error. */
export async function businesses(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  input?: string,
) {
  const program = start(words, more, input);
  const { code, output } = await program.ended;
  for (const secret of [MARK, 'EAA', K1.key.toString('base64'), '    at '])
    expect(output).not.toContain(secret);
  return { code, output };
}

export const add = (...words: string[]) =>
  businesses(['add', '--name', 'Cafe', '--token-file', file(TOKEN), ...words]);

export async function only(filter = {}): Promise<BusinessDocument> {
  const documents = await collection().find(filter).toArray();
  expect(documents).toHaveLength(1);
  return documents[0] as BusinessDocument;
}

export function tokenOf(document: BusinessDocument, by = keys): string {
  const stored = parseBusiness(document);
  if (stored === undefined) throw new Error('no business');
  return businessAt(stored, NUMBER, by).accessToken();
}

/** As another program would write it. */
export function stored(fields: Partial<BusinessDocument> = {}): BusinessDocument {
  const _id = new ObjectId();
  const whatsappAccessToken = keys.seal(_id.toHexString(), TOKEN);
  const enabled = { whatsappEnabled: true, isActive: true };
  return { _id, name: 'Café', whatsappPhoneNumberIds: [NUMBER], whatsappAccessToken, ...enabled, ...fields };
}

export const servedCount = () =>
  collection().countDocuments({ whatsappPhoneNumberIds: NUMBER, whatsappEnabled: true, isActive: true });

/** A suite that runs where there is a server; each test begins without a business. */
export function suite(name: string, tests: () => void): void {
  describe.runIf(there)(`npm run businesses: ${name}`, () => {
    beforeEach(async () => {
      await collection().deleteMany({});
    });
    tests();
  });
}
