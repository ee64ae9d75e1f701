/**
 * A stand-in for cloudflared and ngrok: takes their arguments, prints what they print, and forwards every request. Like a new
 * address of Cloudflare it responds 530 at first. `GET /end-tunnel` ends it.
 */
import { createServer, request as send } from 'node:http';

const [name, ...args] = process.argv.slice(2);
const target = /(\d+)$/.exec(args.find((word) => /^(http:\/\/)?127\.0\.0\.1:\d+$/.test(word)) ?? '')?.[1];
let early = 2;

const server = createServer((request, response) => {
  if (request.url === '/end-tunnel') process.exit(3);
  if (early > 0) {
    early -= 1;
    response.writeHead(530).end();
    return;
  }
  const { method, headers, url: path } = request;
  const forwarded = send({ host: '127.0.0.1', port: Number(target), method, headers, path }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  forwarded.once('error', () => response.writeHead(502).end());
  request.pipe(forwarded);
});

function cloudflared(url: string): void {
  const line = (text: string) => process.stderr.write(`2026-11-27T08:32:11Z INF ${text}\n`);
  line('Thank you for trying Cloudflare Tunnel. See https://developers.cloudflare.com/cloudflare-one/');
  line('Requesting new quick Tunnel on trycloudflare.com...');
  line(`+${'-'.repeat(92)}+`);
  line(`|  ${'Your quick Tunnel has been created! Visit it at:'.padEnd(88)}  |`);
  line(`|  ${url.padEnd(88)}  |`);
  line(`+${'-'.repeat(92)}+`);
}

function ngrok(url: string): void {
  const line = (text: string) => process.stdout.write(`t=2026-11-27T08:32:11+0000 lvl=info ${text}\n`);
  line('msg="starting web service" obj=web addr=127.0.0.1:4040 allow_hosts=[]');
  line(`msg="started tunnel" obj=tunnels name=command_line addr=http://127.0.0.1:${target} url=${url}`);
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  if (name === 'cloudflared' && args[0] === 'tunnel' && args[1] === '--url') cloudflared(url);
  else if (name === 'ngrok' && args[0] === 'http' && args.includes('stdout')) ngrok(url);
  else process.exit(2);
});
