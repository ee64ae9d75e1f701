import { createServer } from 'node:net';
import type { Part } from './parts.ts';

/** One sentence for each port that cannot be had; the flag that helps is in it. */
export async function portProblems(parts: readonly Part[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { name, port, flag } of parts) {
    const twin = parts.find((other) => other.port === port && other.name !== name);
    if (twin)
      problems.push(
        `Port ${port} is meant for the ${name} and for the ${twin.name}: choose another with ${flag}.`,
      );
    else if (await taken(port)) {
      problems.push(`Port ${port}, meant for the ${name}, is taken: choose another with ${flag}.`);
    }
  }
  return problems;
}

/** Some systems let a program listen on one address of a port while another program has all the others. */
async function taken(port: number): Promise<boolean> {
  return !((await canListen({ port })) && (await canListen({ port, host: '127.0.0.1' })));
}

function canListen(where: { port: number; host?: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(where, () => probe.close(() => resolve(true)));
  });
}
