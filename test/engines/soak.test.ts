import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AppProcess } from '#scripts/chaos/app-process.ts';
import { deliver, textDelivery } from '../fakes/delivery.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { startSystem } from '../fakes/system.ts';
import { canRun } from './needs.ts';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 60);
const PER_SECOND = 100;
const PEOPLE = 5_000;
/**
 * All texts together, with their echoed replies, are larger than the heap: an app that keeps answered texts runs out of
 * memory, and deliveries fail. Larger texts would measure the formatting of replies.
 */
const HEAP_MB = 64;
const TEXT = 'What breaks the fast? '.repeat((0.6 * HEAP_MB * 1024 * 1024) / (SECONDS * PER_SECOND) / 22);

const hasProc = canRun('soak', process.platform === 'linux' ? [] : ['only Linux has /proc']);

function usage({ pid }: AppProcess): { memoryMb: number; handles: number } {
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { memoryMb: Number(resident) / 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
}

describe.skipIf(!hasProc)('a soak', { timeout: (SECONDS + 120) * 1_000 }, () => {
  it('leaks neither memory nor handles, and leaves no message waiting', async () => {
    const system = await startSystem({
      folder: temporaryFolder(),
      environment: {
        ASSISTANT: 'echo',
        MOCK_META_API: 'true',
        LOGGING_LEVEL: 'warn',
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
      },
    });
    const app = await system.startApp();
    const startedAt = Date.now();
    let sent = 0;
    async function load(until: number): Promise<void> {
      while (Date.now() < until) {
        const due = Math.floor(((Date.now() - startedAt) / 1_000) * PER_SECOND);
        const batch = Array.from({ length: Math.min(50, due - sent) }, () => {
          sent += 1;
          const phone = `1555${1_000_000 + (sent % PEOPLE)}`;
          return deliver(app.url, textDelivery(`wamid.soak-${sent}`, { phone, text: TEXT }));
        });
        for (const response of await Promise.all(batch)) {
          expect(response.status).toBe(200);
          await response.arrayBuffer();
        }
        await sleep(5);
      }
    }

    // Connections and files that stay open are opened in the first third.
    await load(startedAt + (SECONDS / 3) * 1_000);
    const early = usage(app);
    await load(startedAt + SECONDS * 1_000);
    const late = usage(app);
    console.log(`soak: ${sent} messages in ${SECONDS} s,`, { early, late });
    expect(late.handles).toBeLessThanOrEqual(early.handles + 20);

    const waiting = async () =>
      /^ansari_whatsapp_waiting_messages (\d+)/m.exec(await (await fetch(`${app.url}/metrics`)).text())?.[1];
    await expect.poll(waiting, { timeout: 60_000, interval: 500 }).toBe('0');
  });
});
