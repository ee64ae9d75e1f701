import { type Answering, type AnswersResults, APP_ANSWERING, runAnswers } from '../answers/run.ts';
import { makeDeliveriesWithUserIds } from '../deliveries.ts';
import { describeMachine, reserveCores } from '../machine.ts';
import { type Bench, capacityOf, type Sample, sampleWithRetry } from '../samples.ts';
import type { Program, ProgramName } from '../server-process.ts';
import { type Installed, installPeer, type PeerName, versionsOf } from './install.ts';
import { type Lost, lostAfterKill } from './kill.ts';
import { acceptingPeer, answeringSettings } from './programs.ts';
import { problemOf } from './proof.ts';

export interface PeersPlan {
  readonly rounds: number;
  readonly requests: number;
  readonly warmUp: number;
  readonly messages: number;
}

interface Side {
  readonly name: string;
  readonly isDurable: boolean;
  readonly accepting: ProgramName | Program;
  readonly answering: Answering;
}

export interface SideResults {
  readonly name: string;
  readonly isDurable: boolean;
  readonly samples: readonly Sample[];
  readonly lost: Lost;
}

export interface PeersResults {
  readonly machine: string;
  readonly pinned: boolean;
  readonly plan: PeersPlan;
  readonly sides: readonly SideResults[];
  readonly answers: AnswersResults;
  /** Peers that did not run, and why. */
  readonly notRun: readonly { readonly name: string; readonly why: string }[];
  readonly disturbed: number;
}

const NAMES: readonly PeerName[] = ['chat-sdk', 'pywa'];
const ANSWERED_PER_SECOND = 20;

/** Installs the peers, and measures them and the app in alternating rounds. */
export async function runPeers(
  plan: PeersPlan,
  onProgress: (progress: string) => void,
  install: (name: PeerName) => Installed = installPeer,
): Promise<PeersResults> {
  const notRun: { name: string; why: string }[] = [];
  const cores = reserveCores();
  const sides: Side[] = [
    {
      name: 'the app, STORE=sqlite, synchronous=FULL',
      isDurable: true,
      accepting: 'sqlite',
      answering: APP_ANSWERING[0],
    },
  ];
  for (const peer of NAMES) {
    onProgress(`installing ${peer}`);
    const installed = install(peer);
    if ('missing' in installed) {
      notRun.push({ name: peer, why: installed.missing });
      onProgress(`NOT RUN: ${peer}: ${installed.missing}`);
      continue;
    }
    const side = sideOf(peer, installed);
    const problem = await problemOf(side.answering, cores);
    if (problem === undefined) sides.push(side);
    else {
      notRun.push({ name: peer, why: problem });
      onProgress(`NOT RUN: ${peer}: ${problem}`);
    }
  }
  const { requests, warmUp } = plan;
  const deliveries = makeDeliveriesWithUserIds(warmUp + requests);
  const bench: Bench = { cores, deliveries, requests, warmUp, openLoopSeconds: 0 };
  const samples = new Map<string, Sample[]>(sides.map(({ name }) => [name, []]));
  let disturbed = 0;
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const { name, accepting } of sides) {
      onProgress(`round ${round} of ${plan.rounds}: ${name}`);
      const { sample, quiet } = await sampleWithRetry(() => capacityOf(accepting, bench));
      samples.get(name)?.push(sample);
      if (!quiet) disturbed += 1;
    }
  }
  const results: SideResults[] = [];
  for (const { name, isDurable, answering } of sides) {
    onProgress(`kill -9 after 200 accepted messages: ${name}`);
    results.push({
      ...{ name, isDurable },
      samples: samples.get(name) ?? [],
      lost: await lostAfterKill(answering, cores),
    });
  }
  const answers = await runAnswers(
    { messages: plan.messages, perSecond: ANSWERED_PER_SECOND },
    sides.map(({ answering }) => answering),
    onProgress,
  );
  const machine = describeMachine();
  return { machine, pinned: cores !== undefined, plan, sides: results, answers, notRun, disturbed };
}

function sideOf(peer: PeerName, installed: Extract<Installed, { program: unknown }>): Side {
  const accepting = acceptingPeer(peer, installed);
  const name = `${peer} (${versionsOf(peer)})`;
  return {
    ...{ name, accepting },
    isDurable: false,
    answering: { name: peer, program: accepting, settings: (url) => answeringSettings(peer, url) },
  };
}
