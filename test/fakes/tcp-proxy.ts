import { onTestFinished } from 'vitest';
import * as proxies from '#scripts/tcp-proxy.ts';

interface TcpProxy extends Omit<proxies.TcpProxy, 'port' | 'close'> {
  readonly url: string;
}

/** A TCP proxy. `onEnd` is called with what ends it; default: it ends with the test. */
export async function startTcpProxy(
  onEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<TcpProxy> {
  const { port, close, ...proxy } = await proxies.startTcpProxy();
  onEnd(close);
  return { ...proxy, url: `http://127.0.0.1:${port}` };
}
