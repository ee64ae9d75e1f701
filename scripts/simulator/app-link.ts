import { type Config, ConfigError, readConfig } from '../../app/config.ts';
import { createPersonHasher } from '../../app/log.ts';
import type { StepLine } from '../tracing/step-line.ts';
import { Impossible } from './bad-request.ts';
import type { MovableClock } from './clock.ts';
import type { DevMessage, PartMessage } from './dev-channel.ts';
import type { ClockState, Live } from './http/live.ts';
import type { Recorder } from './timeline/recorder.ts';
import type { Secrets } from './timeline/secrets.ts';
import type { Timers } from './timers.ts';
import type { Sender } from './webhook/sender.ts';

/** What starts and stops the app: `npm run dev`. */
export interface Host {
  readonly send: (message: PartMessage) => void;
  /** How far the clocks of the app are ahead at the start. */
  readonly clockOffsetMs: number;
}

/** What is known of the app beyond its HTTP interface, and what can be done to it: only where `npm run dev` runs it. */
export interface AppLink {
  receive(message: DevMessage): void;
  /** Returns the app's configuration; else one sentence on why it is not known. */
  config(): Config | string;
  /** Returns the credentials that the app has for its assistant. */
  secrets(): Secrets;
  assistantUrl(): string | undefined;
  /** Throws `Impossible` without `npm run dev`. */
  act(action: Extract<PartMessage, { kind: 'app' }>['action']): void;
  clock(): ClockState;
  /** Moves the clocks of the simulator, the app and the backend forward. Throws `Impossible` without `npm run dev`. */
  skip(ms: number): ClockState;
}

interface Dependencies {
  readonly recorder: Recorder | undefined;
  readonly host: Host | undefined;
  readonly clock: MovableClock;
  readonly timers: Timers;
  readonly live: Live;
  readonly sender: Pick<Sender, 'hold' | 'release'>;
}

const UNKNOWN = 'The app was not started by `npm run dev`, so its environment is not known.';
const MAX_EARLY = 1_000;
const SECRET_VARIABLES = ['WHATSAPP_SERVICE_API_KEY', 'OPENAI_API_KEY'];

export function createAppLink({ recorder, host, clock, timers, live, sender }: Dependencies): AppLink {
  let environment: Readonly<Record<string, string>> = {};
  let config: Config | string = UNKNOWN;
  let assistantUrl: string | undefined;
  /** Steps that came before the app's environment, without which their ids cannot be read. */
  let early: StepLine[] | undefined = [];

  function needsHost(): Host {
    if (host === undefined) throw new Impossible('The app was not started by `npm run dev`.');
    return host;
  }

  function starts(message: Extract<DevMessage, { kind: 'app-starts' }>): void {
    environment = message.environment;
    assistantUrl = message.assistantUrl;
    try {
      config = readConfig(environment);
      recorder?.setHash(createPersonHasher(config.logKey));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      config = error.message;
    }
    for (const step of early ?? []) recorder?.step(step);
    early = undefined;
  }

  function take(step: StepLine): void {
    if (early === undefined) recorder?.step(step);
    else if (early.length < MAX_EARLY) early.push(step);
  }

  const state = (): ClockState => ({ offsetMs: clock.offsetMs(), canSkip: host !== undefined });

  return {
    receive(message) {
      if (message.kind === 'app-starts') starts(message);
      else if (message.kind === 'step') take(message.step);
      else if (message.kind === 'app-trouble') live.notifyTrouble(message.text);
      else if (message.kind === 'app-responds') sender.release();
      else recorder?.note(message.text);
    },
    config: () => config,
    secrets: () =>
      new Map(SECRET_VARIABLES.flatMap((name) => (environment[name] ? [[environment[name], name]] : []))),
    assistantUrl: () => assistantUrl,
    act: (action) => needsHost().send({ kind: 'app', action }),
    clock: state,
    skip(ms) {
      const { send } = needsHost();
      // The app that still runs has the former clock: what it stored would be old at once for the next one.
      sender.hold();
      clock.move(ms);
      recorder?.note(`the clock was moved by ${durationText(ms)}`);
      send({ kind: 'clock', offsetMs: clock.offsetMs() });
      live.notifyClock(state());
      timers.clockMoved(ms);
      return state();
    },
  };
}

const UNITS = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Returns `25 s`, `24 h`, `8 days`: the largest unit of which it is a whole number above one. */
function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms % one === 0 && ms > one) ?? ['ms', 1];
  return `${ms / size} ${unit}`;
}
