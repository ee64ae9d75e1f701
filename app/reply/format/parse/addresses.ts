/** Where in a text addresses stand that are written bare, by where they begin. */
export type Addresses = ReadonlyMap<number, number>;

const START = /https?:\/\/|(?<![\p{L}\p{N}./@-])www\./giu;
/** What an address never holds, or what in a sentence rather belongs to the sentence. */
const END = /[\s<>[\]"`«»“”„،؛؟。，、「」（）]|$/;
const MAIL = /^[(<[«"'،:]*([\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})/;

/** Finds web and mail addresses, so that their characters are not taken for markup. */
export function findAddresses(text: string): Addresses {
  const found = new Map<number, number>();
  if (!/:\/\/|www\.|@/i.test(text)) return found;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    START.lastIndex = 0;
    for (let match = START.exec(word); match; match = START.exec(word)) {
      const rest = word.slice(match.index);
      const length = lengthOf(rest.slice(0, rest.search(END)));
      if (length <= match[0].length) continue;
      found.set(index + match.index, index + match.index + length);
      START.lastIndex = match.index + length;
    }
    const mail = word.includes('@') ? MAIL.exec(word) : undefined;
    const address = mail?.[1]?.replace(/[.-]+$/, '');
    if (!mail || address === undefined || address === '') continue;
    const start = index + mail[0].length - (mail[1] ?? '').length;
    if (!found.has(start)) found.set(start, start + address.length);
  }
  return found;
}

/** Without the punctuation of the sentence around it; a closing bracket stays where its opening one is in it. */
function lengthOf(address: string): number {
  let end = address.length;
  let open = [...address].reduce((sum, one) => sum + (one === '(' ? 1 : one === ')' ? -1 : 0), 0);
  for (; end > 0; end--) {
    const last = address.charAt(end - 1);
    if (last === ')' && open < 0) open += 1;
    else if (!/[?!.,:;*_~'|…\\]/.test(last)) break;
  }
  return end;
}
