import { describe, expect, it } from 'vitest';
import { refusalError, statusError } from '#app/channels/meta/errors.ts';
import { OUTSIDE_WINDOW, Refused, Unavailable, Unknown } from '#app/domain/errors.ts';

const cause = new Error('HTTP 400');

/** code, HTTP status that Meta's "Error codes" page gives it, scope, wait in seconds */
const temporary: [number, number, string, number | undefined][] = [
  [0, 401, 'number', 5],
  [102, 401, 'number', 5],
  [190, 401, 'number', 5],
  [1, 400, 'turn', undefined],
  [2, 503, 'number', 2],
  [4, 400, 'app', 1],
  [17, 400, 'app', 1],
  [32, 400, 'app', 1],
  [613, 400, 'app', 1],
  [80007, 400, 'account', 1],
  [130429, 400, 'number', 1],
  [131056, 400, 'pair', 1],
  [131048, 400, 'number', 3600],
  [131000, 500, 'turn', undefined],
  [131016, 500, 'number', 2],
  [131037, 400, 'number', 60],
  [131042, 400, 'number', 60],
  [131045, 500, 'number', 60],
  [131053, 400, 'turn', undefined],
  [131057, 500, 'number', 60],
  [133004, 503, 'number', 2],
  [133006, 400, 'number', 60],
  [133010, 400, 'number', 60],
  [133016, 400, 'number', 60],
];

/** The codes that only an operator can resolve. */
const alarms: [number, string][] = [
  [0, 'token-refused'],
  [102, 'token-refused'],
  [190, 'token-refused'],
  [131048, 'number-refused'],
  [131037, 'number-refused'],
  [131042, 'number-refused'],
  [131045, 'number-refused'],
  [133006, 'number-refused'],
  [133010, 'number-refused'],
  [133016, 'number-refused'],
];

const permanent: [number, number][] = [
  [3, 500],
  [10, 403],
  [33, 400],
  [100, 400],
  [200, 403],
  [299, 403],
  [368, 403],
  [130472, 400],
  [130497, 403],
  [131005, 403],
  [131008, 400],
  [131009, 400],
  [131021, 400],
  [131026, 400],
  [131030, 400],
  [131031, 403],
  [131049, 400],
  [131050, 400],
  [131051, 400],
  [131052, 400],
  [131062, 400],
  [131063, 400],
  [131064, 400],
  [132000, 400],
  [132069, 400],
  [135000, 400],
  [137000, 400],
];

describe('refusalError', () => {
  it.each(temporary)('%i (HTTP %i) is Unavailable for the %s', (code, status, scope, seconds) => {
    const expected = {
      scope,
      retryAfterMs: seconds && seconds * 1000,
      code: [0, 102].includes(code) ? '190' : String(code),
    };
    for (const error of [refusalError({ status, code, cause }), refusalError({ status: 429, code, cause })]) {
      expect(error).toBeInstanceOf(Unavailable);
      expect(error).toMatchObject({ ...expected, cause });
    }
    const ofStatus = statusError(String(code));
    expect(ofStatus).toBeInstanceOf(Unavailable);
    expect(ofStatus).toMatchObject(expected);
  });

  it('raises an alarm for the codes that only an operator can resolve', () => {
    const withAlarm = temporary.flatMap(([code, status]) => {
      const failure = refusalError({ status, code, cause });
      return failure instanceof Unavailable && failure.alarm !== undefined ? [[code, failure.alarm]] : [];
    });
    expect(withAlarm.sort()).toEqual(alarms.sort());
    expect(statusError('131042')).toMatchObject({ alarm: 'number-refused' });
  });

  it('131047 is Refused with the code of the 24-hour window, at once or later', () => {
    for (const error of [refusalError({ status: 400, code: 131047, cause }), statusError('131047')]) {
      expect(error).toBeInstanceOf(Refused);
      expect(error).toMatchObject({ code: OUTSIDE_WINDOW, message: expect.stringContaining('131047') });
    }
  });

  it.each([
    [132000, 'without variables'],
    [132001, 'not approved'],
    [132007, 'policy'],
    [132015, 'paused'],
    [132016, 'disabled'],
  ])('%i says what is wrong with the template, and where it is named', (code, why) => {
    const { message } = refusalError({ status: 400, code, cause });
    expect(message).toContain('META_TEMPLATE');
    expect(message).toContain(why);
  });

  it.each(permanent)('%i (HTTP %i) is Refused', (code, status) => {
    for (const error of [refusalError({ status, code, cause }), refusalError({ status: 500, code, cause })]) {
      expect(error).toBeInstanceOf(Refused);
      expect(error).toMatchObject({ code: String(code), cause });
    }
    expect(statusError(String(code))).toBeInstanceOf(Refused);
  });

  it.each([undefined, 131047, 199])('429 with the code %s is a rate limit of the number', (code) => {
    const error = refusalError({ status: 429, ...(code !== undefined && { code }), cause });
    expect(error).toBeInstanceOf(Unavailable);
    expect(error).toMatchObject({ scope: 'number', retryAfterMs: 1000 });
  });

  it.each([
    { status: 401, to: Unavailable, like: { scope: 'number', code: '190', retryAfterMs: 5000 } },
    { status: 400, code: 999, to: Unavailable, like: { scope: 'turn', code: '999' } },
    { status: 404, to: Unavailable, like: { scope: 'turn' } },
    { status: 307, to: Unavailable, like: { scope: 'turn' } },
    { status: 408, to: Unknown, like: {} },
    { status: 500, code: 999, to: Unknown, like: {} },
    { status: 502, to: Unknown, like: {} },
    { status: 200, code: 999, to: Unknown, like: {} },
  ])('depends on the HTTP status for an unknown code: $status $code', ({ to, like, ...refusal }) => {
    const error = refusalError({ ...refusal, cause });
    expect(error).toBeInstanceOf(to);
    expect(error).toMatchObject({ ...like, cause });
  });

  it('waits for the longer of its own time and Retry-After', () => {
    const refusal = { status: 500, code: 131057, cause };
    expect(refusalError({ ...refusal, retryAfterMs: 90_000 })).toMatchObject({ retryAfterMs: 90_000 });
    expect(refusalError({ ...refusal, retryAfterMs: 10_000 })).toMatchObject({ retryAfterMs: 60_000 });
  });
});

/** The consequences of an error, without its message. */
function consequences(error: unknown) {
  if (error instanceof Refused) return { refused: error.code };
  if (!(error instanceof Unavailable)) return error;
  const { code, scope, alarm, retryAfterMs } = error;
  return { code, scope, alarm, retryAfterMs };
}

describe('refusalError and statusError', () => {
  const known = [...temporary, ...permanent].map(([code, status]) => [code, status] as const);

  it.each([...known, [999_999, 400], [7, 403]] as const)(
    'treat %i equally in the response of a send (HTTP %i) and in a status',
    (code, status) => {
      const ofResponse = consequences(refusalError({ status, code, cause }));
      expect(consequences(statusError(String(code)))).toEqual(ofResponse);
    },
  );

  it('name the remedy for a number that is not on the list of a test number', () => {
    for (const error of [refusalError({ status: 400, code: 131030, cause }), statusError('131030')]) {
      expect(error.message).toContain('list of allowed recipients');
    }
    expect(statusError('131026').message).not.toContain('allowed');
  });
});

describe('statusError', () => {
  it.each([undefined, '999', 'odd'])('is Unavailable for the turn with the code %s', (code) => {
    expect(statusError(code)).toBeInstanceOf(Unavailable);
    expect(statusError(code)).toMatchObject({ scope: 'turn', code, retryAfterMs: undefined });
  });
});
