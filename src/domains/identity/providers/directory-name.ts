/**
 * What tries to sign in at a directory are counted under. A directory takes many ways to write one name, for which each would be tried
 * anew: with another case, blanks, marks or letters of another width, and in Active Directory with any domain before or behind it. A
 * control character keeps the names of one provider apart from those of another and from the usernames of Signalbox.
 */
export const directoryName = (provider: string, typed: string): string =>
  `${provider}\0${typed
    .normalize('NFKD')
    .replace(/[\p{M}\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(/^[^\\]*\\/, '')
    .replace(/@.*$/s, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()}`;
