/** Rules of addresses to which tokens, questions or answers are sent. */

/** Returns true for an `http:` or `https:` address without user name, query or fragment: a path can be appended to it. */
export function isHttpUrl(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    !(url.username || url.password || url.search || url.hash)
  );
}

/** Returns true when what is sent to the address could be read in transit: plain HTTP that leaves this machine. */
export function isExposed(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && url.protocol === 'http:' && !isLoopback(url.hostname);
}

/** `URL` normalises every form of an IPv4 address to four decimal numbers. */
function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}
