export interface Keeper {
  /** Something has changed: it is saved within `everyMs`. */
  changed(): void;
  /** Saves what is not saved yet. Resolves when it is. */
  close(): Promise<void>;
}

interface Options {
  readonly save: () => Promise<void>;
  /** The least time between two writes. */
  readonly everyMs: number;
  /** Gets one sentence when saving fails, and none again until it has worked. */
  readonly report: (sentence: string) => void;
}

/** Saves at most once in `everyMs`, one write at a time. A write that fails is repeated after the next change. */
export function createKeeper({ save, everyMs, report }: Options): Keeper {
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> | undefined;
  let isDirty = false;
  let hasFailed = false;

  async function write(): Promise<void> {
    isDirty = false;
    try {
      await save();
      hasFailed = false;
    } catch (error) {
      isDirty = true;
      if (!hasFailed)
        report(`The chats are not kept: ${error instanceof Error ? error.message : String(error)}`);
      hasFailed = true;
    }
  }

  function onTimer(): void {
    timer = undefined;
    saving = write().then(() => {
      saving = undefined;
      if (isDirty && !hasFailed) schedule();
    });
  }

  function schedule(): void {
    if (saving === undefined) timer ??= setTimeout(onTimer, everyMs);
  }

  return {
    changed() {
      isDirty = true;
      schedule();
    },
    async close() {
      clearTimeout(timer);
      await saving;
      clearTimeout(timer);
      if (isDirty) await write();
    },
  };
}
