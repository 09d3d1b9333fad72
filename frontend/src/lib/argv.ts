const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One argument as a POSIX shell would need it typed. Only for reading and copying: the console never uses a shell. */
export function quoteArgument(argument: string): string {
  if (argument !== "" && PLAIN.test(argument)) return argument;
  return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}

export function formatArgv(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(" ");
}
