/** Returns the message of a program that was started with an argument that it does not take. */
export function unknownArgument(argument: string): string {
  return `Unexpected argument: \`${argument}\`. See --help.`;
}
