/**
 * Returns the environment of a program that must see none of our variables: PATH, and the compile cache of Node, which
 * halves the
 * time of a start. It is read at each call, since a test may change PATH.
 */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_COMPILE_CACHE };
}
