const pairs = (plain: string, other: string): [string, string][] => {
  const to = [...other];
  return [...plain].map((character, index) => [character, to[index] ?? character]);
};

/** Unicode, "Superscripts and Subscripts" and the modifier letters. */
const SUPERSCRIPTS = new Map(
  pairs('0123456789+-−=()abcdefghijklmnoprstuvwxyz∘°', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ°°'),
);
const SUBSCRIPTS = new Map(pairs('0123456789+-−=()aehijklmnoprstuvx', '₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ'));

export type Height = 'above' | 'below';

/** Returns `²` for a raised `2`. Characters that Unicode lacks become `^٢` or `^(two words)`, lowered ones `_x`. */
export function raised(text: string, height: Height): string {
  const inner = text.trim();
  if (inner === '' || inner.startsWith('[')) return text;
  const characters = height === 'above' ? SUPERSCRIPTS : SUBSCRIPTS;
  const raisedOnes = Array.from(inner, (character) => characters.get(character));
  if (raisedOnes.every((character) => character !== undefined)) return raisedOnes.join('');
  const sign = height === 'above' ? '^' : '_';
  return /^[\p{L}\p{M}\p{N}]+$/u.test(inner) ? sign + inner : `${sign}(${inner})`;
}
