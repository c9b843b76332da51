/** A target that must not be reached from here. */
export class TargetRefused extends Error {
  name = 'TargetRefused';
  code = 'REFUSED';
}
