/** Returns a duration in the unit that people expect: `8 ms`, `1.24 s`, `3 min 5 s`, `24 h`, `8 days`. */
export function duration(exact) {
  const ms = Math.round(exact);
  const size = Math.abs(ms);
  if (size < 1_000) return `${ms} ms`;
  if (size < 60_000) {
    const digits = ms % 1_000 === 0 ? 0 : size < 10_000 ? 2 : 1;
    return `${(ms / 1_000).toFixed(digits)} s`;
  }
  if (size < 3_600_000) return twoUnits(ms / 1_000, 60, 'min', 's');
  if (size < 172_800_000) return twoUnits(ms / 60_000, 60, 'h', 'min');
  return twoUnits(ms / 3_600_000, 24, 'days', 'h');
}

function twoUnits(amount, factor, big, small) {
  const whole = Math.round(amount);
  const rest = Math.abs(whole % factor);
  return `${Math.trunc(whole / factor)} ${big}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
