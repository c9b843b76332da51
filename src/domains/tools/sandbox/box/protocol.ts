/** What the parent writes to the standard input of a box, one JSON object a line. */
export type BoxOrder =
  /** Try to connect to a port of the parent's machine, and tell who it is. */
  | { do: 'probe'; port: number }
  /** Load Python from the folder of Pyodide, with file descriptor 4 from a snapshot. */
  | { do: 'load'; pyodide: string; hasSnapshot: boolean }
  /** Write a snapshot of what was loaded to file descriptor 4. */
  | { do: 'snapshot'; pyodide: string }
  /** Run code; `task` is JSON that Python reads. */
  | { do: 'run'; task: string; memoryPages: number }
  /** Look at code without running it. */
  | { do: 'look'; task: string }
  /** What the host answers to a question; `answer` is JSON that Python reads. */
  | { do: 'answer'; id: number; answer: string };

/** What a box writes to file descriptor 3, one JSON object a line. */
export type BoxMessage =
  | { is: 'probed'; hasNetwork: boolean; uid: number }
  | { is: 'ready' }
  | { is: 'snapshot' }
  /** Something printed: a line, or a piece of one that goes on. */
  | { is: 'print'; stream: 'stdout' | 'stderr'; text: string; goesOn: boolean }
  | { is: 'progress'; progress: string }
  | { is: 'ask'; id: number; kind: 'secret' | 'fetch'; request: string }
  | { is: 'end'; end: string };
