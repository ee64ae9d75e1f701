import { onTestFinished } from 'vitest';
import * as proxies from '#scripts/tcp-proxy.ts';

interface TcpProxy extends Omit<proxies.TcpProxy, 'port' | 'close'> {
  readonly url: string;
}

/** A TCP proxy that ends with the test. */
export async function startTcpProxy(): Promise<TcpProxy> {
  const { port, close, ...proxy } = await proxies.startTcpProxy();
  onTestFinished(close);
  return { ...proxy, url: `http://127.0.0.1:${port}` };
}
