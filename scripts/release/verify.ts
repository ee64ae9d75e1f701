import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { type EnvironmentName, parametersPath } from '../../infra/names.ts';
import { kebabCase } from '../../infra/variables.ts';
import { Plain, type Say } from '../command.ts';
import type { Aws } from './aws.ts';
import { conclude, type Finding, report } from './checks.ts';
import { checkImage, checkLog, checkOperation } from './deployed.ts';
import type { Door } from './door.ts';
import { findDoor } from './find-door.ts';
import { probe, type Secrets, webOf } from './probe.ts';
import { Registry } from './registry.ts';

export interface VerifyStack {
  readonly aws: Aws;
  readonly stack: EnvironmentName;
  readonly compute: Door['compute'];
  /** What should run; absent, what the pointer of the registry names. */
  readonly image?: string;
  /** Errors in the log before this are not looked at; absent, the start of the last operation. */
  readonly since?: Date;
  /** What is verified is a rollback. */
  readonly goingBack?: boolean;
  readonly say: Say;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<unknown>;
  /** How long an operation under way is waited for. */
  readonly waitMs: number;
  /** Where the door is asked instead of at its own address. */
  readonly url?: string;
}

const POLL_MS = 5000;
const DEFAULT_LOOK_BACK_MS = 15 * 60 * 1000;

/** Looks at a deployed stack from both sides: as AWS describes it and as the platforms see it. True when it holds. */
export async function verifyStack(args: VerifyStack): Promise<boolean> {
  const { aws, stack, say } = args;
  const door = await settledDoor(args);
  say(`${stack} is ${args.url ?? door.url} (${door.compute})\n`);
  const findings: Finding[] = [];
  const note = (finding: Finding) => {
    findings.push(finding);
    report(finding, say);
  };
  note(checkOperation(door, args.goingBack));
  note(checkImage(door, args.image ?? (await new Registry(aws.ecr).digest(stack))));
  await probe(webOf(args.url ?? door.url), await secretsOf(aws, stack), note);
  const since = args.since ?? door.last?.startedAt ?? new Date(args.now().getTime() - DEFAULT_LOOK_BACK_MS);
  note(await checkLog(aws, door, since));
  return conclude(findings, say);
}

/** The same for an address alone: only what the platforms see. */
export async function verifyUrl(url: string, secrets: Secrets, say: Say): Promise<boolean> {
  return conclude(await probe(webOf(url), secrets, (finding) => report(finding, say)), say);
}

async function settledDoor(args: VerifyStack): Promise<Door> {
  const { aws, stack, compute, say, now, pause, waitMs } = args;
  const until = now().getTime() + waitMs;
  for (let told = false; ; told = true) {
    const door = await findDoor(aws, stack, compute);
    if (door === undefined) {
      throw new Plain(
        `There is no service of ${stack} on ${compute} in this account: npm run deploy -- ${stack}`,
      );
    }
    if (!door.changing || now().getTime() >= until) return door;
    if (!told) say(`${stack} is being changed; waiting for the end of it`);
    await pause(POLL_MS);
  }
}

/** What the service itself reads. Several secrets are listed while one is rotated; the first is the current one. */
async function secretsOf(aws: Aws, stack: EnvironmentName): Promise<Secrets> {
  const nameOf = (variable: string) => `${parametersPath(stack)}/${kebabCase(variable)}`;
  const [verifyToken, appSecret] = ['META_WEBHOOK_VERIFY_TOKEN', 'META_APP_SECRET'].map(nameOf);
  const { Parameters = [] } = await aws.ssm.send(
    new GetParametersCommand({ Names: [verifyToken ?? '', appSecret ?? ''], WithDecryption: true }),
  );
  const values = new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
  const [token, secret] = [values.get(verifyToken), values.get(appSecret)?.split(',')[0]];
  return {
    ...(token === undefined ? {} : { verifyToken: token }),
    ...(secret === undefined ? {} : { appSecret: secret }),
  };
}
