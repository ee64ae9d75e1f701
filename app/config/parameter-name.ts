/** Returns the last part of the name of a variable's parameter: `meta-app-secret` of `META_APP_SECRET`. */
export function kebabCase(variable: string): string {
  return variable.toLowerCase().replaceAll('_', '-');
}
