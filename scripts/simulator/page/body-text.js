/**
 * Returns the body of a request or response as people read it: JSON with an indent, a form as one field a line with its
 * values decoded; anything else as it is. `headers`: pairs of a name and a value.
 */
export function readable(body, headers) {
  if (/application\/x-www-form-urlencoded/i.test(headerOf(headers, 'content-type') ?? ''))
    return formLines(body);
  const json = jsonOf(body);
  return json === undefined ? body : JSON.stringify(json, null, 2);
}

/** Returns the parsed body; undefined when it is not JSON. */
function jsonOf(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Returns what is wrong with a text that must be JSON; undefined when nothing is. */
export function jsonProblem(text) {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is not JSON: ${error.message}`;
  }
}

export function isJson(body) {
  return jsonOf(body) !== undefined;
}

/** Returns the value of the first header of this name, whatever its capitals; undefined when there is none. */
export function headerOf(headers, name) {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

function formLines(body) {
  return [...new URLSearchParams(body)].map(([name, value]) => `${name} = ${value}`).join('\n');
}
