const STACK_LINE = /^(?:\s|Caused by: |Traceback \(|Suppressed: |\.{3} \d+ more|(?:goroutine \d+ )?\[signal |\^)/;
const LEVEL_FIRST = /^\[?(?:FATAL|CRITICAL|ERROR|WARNING|WARN|INFO|NOTICE|DEBUG|TRACE)\b/;

/**
 * Tells whether a line without a header of its own belongs to the message before it, as a stack trace does.
 * @param {string} line
 * @param {string | undefined} previousFormat the format of the entry before it
 */
export function isContinuation(line, previousFormat) {
  if (previousFormat === undefined || previousFormat.startsWith('access')) return false;
  if (STACK_LINE.test(line)) return true;
  const hasHeaders = previousFormat !== 'plain' && previousFormat !== 'json';
  return hasHeaders && !LEVEL_FIRST.test(line);
}
