import { expect, test } from 'vitest';
import { EntryReader } from './entry-reader.mjs';

const REFERENCE_MS = Date.UTC(2026, 5, 1);

test.for([
  [`<34>Oct 11 22:14:15 host su[12]: 'su root' failed`, 'syslog-rfc3164', 'FATAL', `su: 'su root' failed`],
  ['Oct  1 22:14:15 web1 kernel: [12.5] ERROR: disk', 'syslog-rfc3164', 'ERROR', 'kernel: [12.5] ERROR: disk'],
  ['Oct  1 22:14:15 web1 no tag here', 'syslog-rfc3164', 'UNKNOWN', 'no tag here'],
  ['<165>1 2003-10-11T22:14:15Z h app - ID [a@1 b="\\"\\]"] text', 'syslog-rfc5424', 'INFO', 'app: text'],
  ['<11>1 2003-10-11T22:14:15.003-07:00 h su - ID47 - text', 'syslog-rfc5424', 'ERROR', 'su: text'],
  ['2025-01-02 03:04:05,678 ERROR [main] com.Foo - text', 'timestamped', 'ERROR', '[main] com.Foo - text'],
  ['2025-01-02 03:04:05,678 [main] WARN  com.Foo - text', 'timestamped', 'WARN', 'com.Foo - text'],
  ['2025-01-02 03:04:05.678  INFO 12 --- [main] c.Foo : text', 'timestamped', 'INFO', '12 --- [main] c.Foo : text'],
  ['2025-01-02 03:04:05,678 - my.logger - WARNING - text', 'timestamped', 'WARN', 'text'],
  ['[2025-01-02 03:04:05] app.ERROR: text', 'timestamped', 'ERROR', 'app.ERROR: text'],
  ['2025/01/02 03:04:05 [error] 1#0: *1 text', 'timestamped', 'ERROR', '1#0: *1 text'],
  ['2025-01-02T03:04:05Z warn: text', 'timestamped', 'WARN', 'text'],
  ['2025-01-02T03:04:05Z app: error: text', 'timestamped', 'ERROR', 'text'],
  ['2025-01-02 03:04:05.123 UTC [77] LOG:  text', 'timestamped', 'INFO', 'text'],
  ['2025/01/02 03:04:05 http: Server closed', 'timestamped', 'UNKNOWN', 'http: Server closed'],
  ['ERROR 2025-01-02 03:04:05 text', 'timestamped', 'ERROR', 'text'],
  ['time="2025-01-02T03:04:05Z" level=warning msg="text" n=5', 'timestamped', 'WARN', 'text'],
  ['12:34:56.789 [main] DEBUG com.Foo - text', 'timestamped', 'DEBUG', 'com.Foo - text'],
  ['2025-01-02 03:04:05 it ended with ERROR 5', 'timestamped', 'ERROR', 'it ended with ERROR 5'],
  ['2025-01-02 03:04:05 no error here', 'timestamped', 'UNKNOWN', 'no error here'],
  ['[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 1:tid 2] text', 'apache-error', 'ERROR', 'text'],
  ['ERROR:root:text', 'plain', 'ERROR', 'ERROR:root:text'],
  ['[warn] text', 'plain', 'WARN', '[warn] text'],
  ['some error text', 'plain', 'UNKNOWN', 'some error text'],
  ['\u001b[32mINFO\u001b[0m text', 'plain', 'INFO', 'INFO text'],
])('%s', ([line, format, level, message]) => {
  const entry = new EntryReader('auto', REFERENCE_MS).read(line);

  expect([entry.format, entry.level, entry.message]).toEqual([format, level, message]);
});

test('times of every kind of text line are read', () => {
  const timeOf = (line) => new Date(new EntryReader('text', REFERENCE_MS).read(line).timeMs).toISOString();

  expect(timeOf('<34>Oct 11 22:14:15 host su: x')).toBe('2025-10-11T22:14:15.000Z');
  expect(timeOf('<11>1 2003-10-11T22:14:15.003-07:00 h su - - - x')).toBe('2003-10-12T05:14:15.003Z');
  expect(timeOf('ERROR [2025-01-02 03:04:05,678] x')).toBe('2025-01-02T03:04:05.678Z');
  expect(timeOf('time=2025-01-02T03:04:05+01:00 level=info msg=x')).toBe('2025-01-02T02:04:05.000Z');
  expect(timeOf('[Fri Sep 09 10:42:29.902022 2011] [error] x')).toBe('2011-09-09T10:42:29.902Z');
});
