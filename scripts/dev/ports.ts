import { createServer } from 'node:net';
import type { Part } from './parts.ts';

/** Returns one sentence for each port that cannot be used, with the flag that changes it. */
export async function portProblems(parts: readonly Part[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { name, port, flag } of parts) {
    const duplicate = parts.find((other) => other.port === port && other.name !== name);
    if (duplicate)
      problems.push(
        `Port ${port} is meant for the ${name} and for the ${duplicate.name}: choose another with ${flag}.`,
      );
    else if (await isTaken(port)) {
      problems.push(`Port ${port}, meant for the ${name}, is taken: choose another with ${flag}.`);
    }
  }
  return problems;
}

/** Some systems allow listening on one address of a port while another program listens on all addresses. */
async function isTaken(port: number): Promise<boolean> {
  return !((await canListen({ port })) && (await canListen({ port, host: '127.0.0.1' })));
}

function canListen(options: { port: number; host?: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(options, () => probe.close(() => resolve(true)));
  });
}
