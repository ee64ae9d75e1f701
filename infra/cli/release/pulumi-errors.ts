/** One sentence for each known error that stops Pulumi before an update, or at the first use of a service in an account. */

type Sentence = (match: RegExpExecArray, stack: string) => string;

const REACH =
  'look at the network and the credentials, at PULUMI_BACKEND_URL, or pulumi login to the right bucket.';
export const INSTALL = 'curl -fsSL https://get.pulumi.com | sh';

/** As Pulumi 3.245 prints them, in the order in which it checks. */
const ERRORS: readonly (readonly [RegExp, Sentence])[] = [
  [
    /Pulumi CLI version (\S+) does not satisfy the version range "([^"]+)"/,
    ([, has, needs]) => `This is Pulumi ${has}, and the program needs ${needs}: ${INSTALL}`,
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set/,
    () => 'Pulumi is not logged in to the bucket of its state: npm run bootstrap logs in.',
  ],
  [
    /unable to open bucket|read "\.pulumi\/meta\.yaml"|could not list bucket/,
    (match) => `The backend with Pulumi's state cannot be reached (${reasonIn(match)}): ${REACH}`,
  ],
  [
    /no stack named '([^']+)' found/,
    ([, stack]) =>
      `There is no stack ${stack} in this backend: npm run bootstrap creates it, or pulumi login chooses another.`,
  ],
  [
    // Written in place beside the state by the backend of a folder, and by no other (Go CDK's fileblob).
    /failed to load checkpoint: EOF/,
    (_, stack) =>
      `A Pulumi that was killed left a file beside the state empty: delete ${stack}.json.attrs in .pulumi/stacks/ of the backend's folder, and nothing is lost.`,
  ],
  [
    /incorrect passphrase/,
    () =>
      'The passphrase is not the one that the secrets were encrypted with: set PULUMI_CONFIG_PASSPHRASE to that one.',
  ],
  [
    /passphrase must be set/,
    () => 'The secrets are encrypted with a passphrase: set PULUMI_CONFIG_PASSPHRASE to it.',
  ],
  [
    /the stack is currently locked by[^\n]*(?:\n\s*\S*: created by ([^\n]+))?/,
    ([, who = 'an unknown process'], stack) =>
      `The stack is locked by ${who}: wait for that one, or, when it was killed, pulumi cancel --stack ${stack} (docs/runbook.md, "Pulumi was killed").`,
  ],
  [
    /AWS account ID not allowed: (\d+)/,
    ([, account]) =>
      `These credentials are of account ${account}, which is not the stack's: export AWS_PROFILE=<the other profile>.`,
  ],
];

/** Returns true when Pulumi had started to change resources. Before that it only reads. */
export function hasStarted(output: string): boolean {
  return /^Updating \(/m.test(output);
}

/**
 * Returns the sentence for a known error in Pulumi's output. Undefined when Pulumi had started to change resources, and for
 * every other error.
 */
export function pulumiErrorIn(output: string, stack: string): string | undefined {
  if (hasStarted(output)) return undefined;
  for (const [pattern, sentence] of ERRORS) {
    const match = pattern.exec(output);
    if (match !== null) return sentence(match, stack);
  }
  return undefined;
}

const FIRST_USE: readonly (readonly [RegExp, string])[] = [
  [
    // cloudformation-coverage-roadmap, issue 818.
    /Unable to assume the service linked role/,
    'ECS is used for the first time in this account, and AWS has only now created the role that it takes for itself.',
  ],
  [
    // pulumi-aws, issue 1697.
    /Error in assuming access role/,
    'App Runner does not know the role yet that pulls images: it was created a moment ago.',
  ],
];

/**
 * Returns the reason when AWS rejected a role that is seconds old: the same update succeeds a minute later, and resources
 * created meanwhile stay. Undefined for everything else.
 */
export function firstUseIn(output: string): string | undefined {
  return FIRST_USE.find(([pattern]) => pattern.test(output))?.[1];
}

/** The innermost reason of a chain of errors: `connection refused`. */
function reasonIn({ input, index }: RegExpExecArray): string {
  const [line = ''] = input.slice(index).split('\n');
  return line.slice(line.lastIndexOf(': ') + 2);
}
