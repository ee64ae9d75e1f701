import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { gifOf } from '#scripts/pictures/gif.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'docs/pictures');
const SIZE = { width: 120, height: 80 };

/** Returns a grey picture with a red square at `x`. */
function picture(x: number): Buffer {
  const png = new PNG(SIZE);
  for (let at = 0; at < SIZE.width * SIZE.height; at += 1) {
    const [column, row] = [at % SIZE.width, Math.floor(at / SIZE.width)];
    const isRed = column >= x && column < x + 10 && row < 10;
    png.data.set(isRed ? [220, 0, 0, 255] : [(column * 2) % 256, (row * 3) % 256, 90, 255], at * 4);
  }
  return PNG.sync.write(png);
}

test('a recording has its size, all frames, and only what changes in each', () => {
  const one = Buffer.from(gifOf([{ png: picture(0), ms: 100 }]));
  const three = Buffer.from(gifOf([0, 20, 40].map((x) => ({ png: picture(x), ms: 250 }))));
  expect(three.toString('latin1', 0, 6)).toBe('GIF89a');
  expect([three.readUInt16LE(6), three.readUInt16LE(8)]).toEqual([SIZE.width, SIZE.height]);
  // Graphic control extensions (GIF89a, section 23): three bytes, flags, the delay in hundredths of a second.
  const begins = Buffer.from([0x21, 0xf9, 4]);
  const delays: number[] = [];
  for (let at = three.indexOf(begins); at >= 0; at = three.indexOf(begins, at + 1))
    delays.push(three.readUInt16LE(at + 4));
  expect(delays).toEqual([25, 25, 25]);
  expect(three.length).toBeLessThan(one.length * 1.5);
});

test('the pictures of the documents are small enough', () => {
  const files = readdirSync(FOLDER);
  expect(files.sort()).toEqual(['chat.png', 'exchange.png', 'message.gif']);
  for (const file of files) expect(readFileSync(join(FOLDER, file)).length).toBeLessThanOrEqual(600_000);
});

test('without Chromium the command says so', async () => {
  const env = { ...process.env, CHROMIUM: '/nowhere/chromium' };
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, ['scripts/docs.ts', '--pictures'], { cwd: ROOT, env }, (error, _, text) =>
      resolve({ code: error?.code, stderr: text }),
    );
  });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('NO PICTURES: there is no Chromium at /nowhere/chromium'),
  });
});
