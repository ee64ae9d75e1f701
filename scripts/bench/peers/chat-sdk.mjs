// The WhatsApp adapter of Chat SDK behind node:http, as its documentation says. Started from a folder with its packages.
import { createServer } from 'node:http';
import { createMemoryState } from '@chat-adapter/state-memory';
import { createWhatsAppAdapter } from '@chat-adapter/whatsapp';
import { Chat } from 'chat';

const { ASSISTANT_URL, PORT } = process.env;
const bot = new Chat({
  userName: 'bench',
  adapters: { whatsapp: createWhatsAppAdapter() },
  state: createMemoryState(),
  logger: 'error',
});
bot.onDirectMessage(async (thread, message) => {
  if (ASSISTANT_URL === undefined) return;
  const answer = await fetch(ASSISTANT_URL, { method: 'POST', body: message.text });
  await thread.post(await answer.text());
});

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = await bot.webhooks.whatsapp(
    new Request(`http://127.0.0.1${request.url}`, {
      method: 'POST',
      headers: request.headers,
      body: Buffer.concat(chunks),
    }),
  );
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, { 'Content-Length': body.length }).end(body);
}).listen(Number(PORT), '127.0.0.1');
