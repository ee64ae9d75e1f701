import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge, type Sample } from '#scripts/chaos/endurance/samples.ts';
import { scheduleOf } from '#scripts/chaos/endurance/schedule.ts';
import { temporaryFolder } from '../../fakes/folder.ts';

const SCHEDULE = scheduleOf({ minutes: 10, rate: 1_000, conversations: 50_000 });

/** A sample each second; the figures grow by so much in a minute. */
function samplesOf({ mbPerMinute = 0, descriptorsPerMinute = 0 }): Sample[] {
  return Array.from({ length: 600 }, (_, second) => ({
    atMs: second * 1_000,
    memoryMb: 200 + (second / 60) * mbPerMinute + (second % 5),
    descriptors: Math.round(60 + (second / 60) * descriptorsPerMinute),
    waiting: 0,
    responseMs: 2,
  }));
}

const END: Sample = { atMs: 700_000, memoryMb: 200, descriptors: 60, waiting: 0, responseMs: 1 };

describe('the judgement of an endurance run', () => {
  it('finds nothing in a flat run', () => {
    const judgement = judge(samplesOf({}), END, SCHEDULE);
    expect(judgement.faults).toEqual([]);
    expect(judgement.memory.mbPerMinute).toBeCloseTo(0, 1);
  });

  it('finds memory that grows', () => {
    const judgement = judge(samplesOf({ mbPerMinute: 10 }), END, SCHEDULE);
    expect(judgement.faults).toEqual(['memory grew from 240 to 295 MB']);
    expect(judgement.memory.mbPerMinute).toBeCloseTo(10, 1);
  });

  it('finds descriptors that stay open, and messages that wait', () => {
    const end = { ...END, descriptors: 90, waiting: 3 };
    expect(judge(samplesOf({}), end, SCHEDULE).faults).toEqual([
      'descriptors grew from 60 to 90',
      '3 messages still wait',
    ]);
    expect(judge(samplesOf({ descriptorsPerMinute: 3 }), END, SCHEDULE).descriptors.perMinute).toBeCloseTo(
      3,
      1,
    );
  });

  it('fails a run without samples', () => {
    expect(judge([], undefined, SCHEDULE).faults).toHaveLength(3);
  });
});

/** Linux: https://www.kernel.org/doc/html/latest/filesystems/proc.html */
function childrenOf(pid = 0): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}

describe.skipIf(!existsSync('/proc/self/fd'))('an interrupted run', () => {
  it('ends its programs, deletes its data, and exits with 130', async () => {
    const folder = join(temporaryFolder(), 'tmp');
    mkdirSync(folder);
    const args = [
      'scripts/chaos/index.ts',
      'endurance',
      '--minutes',
      '5',
      '--rate',
      '5',
      '--conversations',
      '5',
    ];
    const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: folder } });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    await expect.poll(() => errors, { timeout: 25_000 }).toContain('accepted');
    expect(readdirSync(folder)).toHaveLength(1);
    const programs = childrenOf(child.pid);
    expect(programs).not.toEqual([]);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(programs.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
