/** A `gh` for one repository, which records its changes. */
import type { FakeTools } from './tools.ts';

interface Environment {
  /** Branches that may use it; absent: all of them. */
  readonly branches?: readonly string[];
  readonly tags?: readonly string[];
  readonly rules?: readonly unknown[];
  /** Protected branches instead of a list. */
  readonly protectedOnly?: boolean;
}

interface Repository {
  readonly defaultBranch?: string;
  readonly environments?: Readonly<Record<string, Environment>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** A shell command that runs first. */
  readonly first?: string;
}

export const REVIEWED = {
  type: 'required_reviewers',
  prevent_self_review: true,
  reviewers: [{ type: 'Team', reviewer: { id: 5 } }],
};

/** Puts a `gh` on PATH that knows the repository `o/r`. */
export function useGitHub(tools: FakeTools, repository: Repository): void {
  const { defaultBranch = 'develop', environments = {}, variables = {}, first = '' } = repository;
  const answers: Record<string, unknown> = {
    'api user': { id: 1 },
    'api repos/o/r': { id: 42, owner: { id: 7 }, default_branch: defaultBranch },
  };
  for (const [name, one] of Object.entries(environments)) {
    const path = `api repos/o/r/environments/${name}`;
    const listed = one.branches !== undefined;
    const policy = { protected_branches: one.protectedOnly ?? false, custom_branch_policies: listed };
    answers[path] = {
      protection_rules: one.rules ?? [],
      deployment_branch_policy: listed || one.protectedOnly ? policy : null,
    };
    const branches = (one.branches ?? []).map((branch, id) => ({ id, name: branch, type: 'branch' }));
    const tags = (one.tags ?? []).map((tag, id) => ({ id: id + 50, name: tag, type: 'tag' }));
    answers[`${path}/deployment-branch-policies?per_page=100`] = { branch_policies: [...branches, ...tags] };
  }
  for (const [name, value] of Object.entries(variables))
    answers[`api repos/o/r/actions/variables/${name}`] = { name, value };
  const cases = Object.entries(answers).map(
    ([words, answer]) => `'${words}') printf '%s' '${JSON.stringify(answer)}'; exit 0;;`,
  );
  const others = [
    `'api --method PUT '*) cat >> "$FAKE_TOOLS/put"; exit 0;;`,
    `'api --method '*|'variable set '*|--version) exit 0;;`,
    `'variable get '*) exit 1;;`,
  ];
  tools.use(
    'gh',
    'gh: Not Found (HTTP 404)',
    1,
    `${first}\ncase "$*" in ${[...cases, ...others].join('\n')} esac`,
  );
}
