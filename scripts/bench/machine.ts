import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { join } from 'node:path';

/** Unit of CPU time in /proc: 100 ticks per second on every Linux that Node runs on (USER_HZ). */
const TICK_US = 10_000;

export interface Cores {
  readonly server: number;
  readonly load: number;
}

/** Reserves one core for the server and one for the load, and moves this process to the latter. Needs two cores and `taskset`. */
export function reserveCores(): Cores | undefined {
  if (availableParallelism() < 2) return undefined;
  const cores = { server: 0, load: 1 };
  const moved = spawnSync('taskset', ['-a', '-cp', String(cores.load), String(process.pid)]);
  return moved.status === 0 ? cores : undefined;
}

/** Returns the user and system time of a process with all its threads, in microseconds (proc_pid_stat(5)). */
export function cpuUsOf(pid: number | 'self'): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold spaces; the first field after it is the third one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/**
 * Returns the CPU time of all processes since boot, in microseconds (proc_stat(5)), including time stolen by the host.
 * Interrupts are not included: those of our own connections belong to no process.
 */
export function machineUs(): number {
  const [all = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = all.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + steal) * TICK_US;
}

/** Returns the resident memory of a process in megabytes (10^6): `VmRSS` is the present value, `VmHWM` the peak. */
export function residentMb(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Returns the times of fdatasync after writing 4 KiB under a folder, in milliseconds, sorted. */
export function diskLatencies(folder: string, times: number): Float64Array {
  const path = join(folder, 'disk');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4096, 'x');
  const latencies = Float64Array.from({ length: times }, () => {
    writeSync(file, page);
    const startedAt = performance.now();
    fdatasyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  rmSync(path);
  return latencies.sort();
}

export function describeMachine(): string {
  return `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}, Node ${process.versions.node}`;
}
