/** What an error of a variable says beside the value, which ours does not show: which variable is wrong, and a reason that names a field. */
export const withoutValue = (message: string): string =>
  message.replace(
    /^(Variable "\$\w+" got) (?:an )?invalid value(?:.*(; Field "\w+"(?: of required type "[^"]+" was not provided| is not defined by type "\w+"))|.*)/s,
    '$1 what is no value$2',
  );
