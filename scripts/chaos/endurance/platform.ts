import { randomUUID } from 'node:crypto';
import { text as textOf } from 'node:stream/consumers';
import { z } from 'zod';
import { closeAtOnce, createLoopbackServer, listenOnLoopback } from '../../loopback-server.ts';

const sent = z.object({
  to: z.string().optional(),
  text: z.object({ body: z.string() }).optional(),
  biz_opaque_callback_data: z.string().optional(),
});

export interface Accepted {
  readonly id: string;
  readonly person: string;
  readonly text: string;
  readonly key: string | undefined;
}

export interface Platform {
  readonly url: string;
  close(): Promise<void>;
}

/** Meta's Graph API as far as a reply needs it. It keeps nothing, since the simulator keeps every chat for its page. */
export async function startPlatform(onReply: (reply: Accepted) => void): Promise<Platform> {
  const server = createLoopbackServer(async (request, response) => {
    const { to: person, text, biz_opaque_callback_data: key } = sent.parse(JSON.parse(await textOf(request)));
    response.setHeader('content-type', 'application/json');
    // A typing indicator has no text.
    if (person === undefined || text === undefined) {
      response.end('{"success":true}');
      return;
    }
    const id = `wamid.${randomUUID()}`;
    onReply({ id, person, text: text.body, key });
    response.end(JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id }] }));
  });
  const port = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, close: () => closeAtOnce(server) };
}
