import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { type ControlClient, createControlClient } from '../control-client.ts';
import { addBreakTools } from './break-tools.ts';
import { addChatTools } from './chat-tools.ts';
import { addRecordingTools } from './recording-tools.ts';
import { addTraceTools } from './trace-tools.ts';

const INSTRUCTIONS =
  'A WhatsApp business app on this machine, behind a simulated WhatsApp. Write to it with `say`, read with `look`, see what ' +
  'happened with `timeline`, `exchange` and `inside`, break it with `add_fault`, `crash` and `skip_time`, and check that ' +
  'every message is still answered exactly once. `record` saves a chat as a regression test.';

/**
 * Serves the Model Context Protocol (2025-11-25 and 2026-07-28) on the standard streams, over the control routes at this
 * address. `ready` is awaited by each tool. Resolves when the client has closed its end.
 */
export async function serveMcp(url: string, ready?: Promise<unknown>): Promise<void> {
  const control = createControlClient(url, ready);
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close']) process.stdin.once(event, () => resolve());
  });
  const handle = serveStdio(() => createServer(control), {
    onerror: (error) => console.error(`MCP: ${error.message}`),
  });
  await ended;
  await handle.close();
}

function createServer(control: ControlClient): McpServer {
  const server = new McpServer(
    { name: 'ansari-whatsapp-simulator', version: '1.0.0' },
    { instructions: INSTRUCTIONS },
  );
  addChatTools(server, control);
  addTraceTools(server, control);
  addBreakTools(server, control);
  addRecordingTools(server, control);
  return server;
}
