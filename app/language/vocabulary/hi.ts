import { ur } from './ur.ts';

/** Words of Hindi in Latin letters that Urdu has others for. */
const ONLY_HINDI = `
namaste namaskar kripya kripaya dhanyavad dhanyawad dhanyavaad prashna prashn uttar samay dharm dharmik niyam vidhi arth artha
pati patni mahila mahilaen mahilayen mahilaon purush vivah byaj vrat upvas ishwar bhagwan bhagvan prarthana pratidin
samasya sahayata sahayta jankari jaankari kripa dhan pustak shabd karan uddeshya avashyak anivarya paap punya swarg
narak mrityu janm jeevan jivan parivar samaj pooja puja desh bhasha udaharan kshama seva vishay vishesh
`;
/** Words of Urdu, and spellings of Pakistan, that Hindi in Latin letters rarely has. */
const ONLY_URDU = new Set(
  `
  kesay kesa kesi kese parhna parhne parhni parh parhte parhta parhein pouchna shohar shohr shauhar mein say kay thay hy kia
  kiya mujhay mujy kitnay saktay chahye chahiay phlay pehlay tareeqa tareeka wazeefa mayyat dozakh meherbani mehrbani
  maulana molana sahab hukm masail masla masle waqt
`.match(/\S+/g),
);

/** Common words of questions in Hindi as it is written in Latin letters: most are Urdu's. */
export const hi = [
  ...(ONLY_HINDI.match(/\S+/g) ?? []),
  ...(ur.match(/\S+/g) ?? []).filter((word) => !ONLY_URDU.has(word)),
].join(' ');
