/** Why an attempt failed, in few words: of what the system says the code, since its message differs from try to try. */
export const reasonOf = ({ message, code, syscall, reason }) => {
  if (reason && code) return `${code}: ${reason}`;
  return syscall && code ? code : message;
};
