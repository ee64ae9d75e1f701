import { LinkedSet } from './linked-set.ts';

export interface SlotRules {
  readonly slots: number;
  /** Slots that only a group without a running job gets: groups whose jobs never end cannot take all of them. */
  readonly reserved: number;
  /** Returns the maximum number of running jobs of a group; at least 1. Asked at every change of the group. */
  readonly maxOf: (group: string) => number;
}

interface Group<Job> {
  readonly name: string;
  readonly waiting: LinkedSet<Job>;
  running: number;
}

/**
 * Divides slots between groups: round robin over the groups that have waiting jobs and run less than their maximum, and the
 * oldest job first within a group. A group without a running job waits for at most as many starts as there are other groups
 * with waiting jobs; so does one with running jobs, while more than the reserved slots are free.
 *
 * Every operation takes constant time. The memory is that of the waiting and running jobs; a group without any is forgotten.
 */
export class FairSlots<Job> {
  readonly #rules: SlotRules;
  readonly #groups = new Map<string, Group<Job>>();
  /** Groups that may start a job, in the order of their turns. Those without a running job are in `#idle`, too. */
  readonly #ready = new LinkedSet<Group<Job>>();
  readonly #idle = new LinkedSet<Group<Job>>();
  #running = 0;

  constructor(rules: SlotRules) {
    this.#rules = rules;
  }

  get running(): number {
    return this.#running;
  }

  /** Queues a job, unless it is queued. */
  add(name: string, job: Job): void {
    const group = this.#groups.get(name) ?? { name, waiting: new LinkedSet<Job>(), running: 0 };
    this.#groups.set(name, group);
    group.waiting.add(job);
    this.#place(group);
  }

  /** Takes a slot and returns the job that gets it; undefined when none may start now. */
  start(): Job | undefined {
    const free = this.#rules.slots - this.#running;
    const group = free > this.#rules.reserved ? this.#ready.first : free > 0 ? this.#idle.first : undefined;
    const job = group?.waiting.first;
    if (group === undefined || job === undefined) return undefined;
    group.waiting.delete(job);
    group.running += 1;
    this.#running += 1;
    this.#ready.delete(group);
    this.#place(group);
    return job;
  }

  /** Returns the slot of a job of this group. */
  end(name: string): void {
    const group = this.#groups.get(name);
    if (group === undefined || group.running === 0) return;
    group.running -= 1;
    this.#running -= 1;
    this.#place(group);
  }

  #place(group: Group<Job>): void {
    const { name, waiting, running } = group;
    const isReady = waiting.size > 0 && running < Math.max(1, this.#rules.maxOf(name));
    if (isReady) this.#ready.add(group);
    else this.#ready.delete(group);
    if (isReady && running === 0) this.#idle.add(group);
    else this.#idle.delete(group);
    if (waiting.size === 0 && running === 0) this.#groups.delete(name);
  }
}
