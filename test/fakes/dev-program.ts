/** A stand-in for a program of the system: listens on its port, returns its environment, and ends on request. */
import { createServer } from 'node:http';

const name = process.env.BACKEND_PORT === undefined ? 'app' : 'backend';
if (process.env.END_AT_START === name) process.exit(4);
if (process.env.SAY_AT_START !== undefined && name === 'app')
  process.stdout.write(`${process.env.SAY_AT_START}\n`);

const server = createServer((request, response) => {
  if (request.url === '/end') process.exit(3);
  response.end(JSON.stringify({ pid: process.pid, environment: process.env }));
});
server.listen(Number(process.env.BACKEND_PORT ?? process.env.PORT), () =>
  process.stdout.write('listening\n'),
);
process.once('SIGTERM', () => {
  process.stdout.write('leaving well\n');
  server.close();
  server.closeAllConnections();
});
