/** One run of the Python code of a tool. */
export interface PythonRun {
  /** It defines `async def main(...)`. */
  code: string;
  /** Arguments of `main`, by name. */
  parameters: Record<string, unknown>;
  /** Modules that it may import beside `baseModules`, such as `xml.etree.ElementTree`. */
  allowedModules: readonly string[];
  timeoutMs: number;
  /** How large the memory of Python may grow, itself included: it takes about 40 MiB. */
  memoryBytes: number;
  /** How much it may print, 1 MiB by default; what comes after that is dropped. */
  outputBytes?: number;
  signal: AbortSignal;
  /** A printed line, as soon as it is printed, or a piece of a long one that goes on. */
  onLine(stream: 'stdout' | 'stderr', text: string, goesOn: boolean): void;
  /** Told once, when something that was printed was dropped. */
  onTruncated?(): void;
  onProgress(progress: PythonProgress): void;
  /** The secret of a name; null when there is none. Each name is asked for at most once in a run. */
  readSecret(name: string): Promise<string | null>;
  /** Makes a request for the code; what may be asked is decided here. */
  fetch(request: PythonRequest, signal: AbortSignal): Promise<PythonResponse>;
}

/** How far a run says it is. */
export interface PythonProgress {
  /** From 0 to 100. */
  progress: number | null;
  message: string | null;
}

/** A request that the code of a tool wants to be made. Nothing of it is checked but its form. */
export interface PythonRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
}

/** The answer that the code of a tool gets. */
export interface PythonResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** Why a run has no result. */
export type PythonFault =
  /** It raised an exception; the error is its traceback in the tool's own code. */
  | 'EXCEPTION'
  | 'SYNTAX'
  | 'NO_MAIN'
  | 'RESULT_NOT_JSON'
  | 'RESULT_TOO_LARGE'
  | 'TIMEOUT'
  | 'MEMORY'
  | 'CANCELLED'
  /** It flooded the pipe to its parent. */
  | 'OUTPUT_LIMIT'
  /** The process ended or broke the rules of talking to it. */
  | 'CRASH';

/** How a run ended, and how long it took without waiting for a process. */
export type PythonEnd = ({ result: unknown } | { error: string; kind: PythonFault }) & { durationMs: number };

/** What can be said of code without running it. */
export interface PythonCode {
  problems: { line: number; message: string }[];
  /** Top-level modules that it imports anywhere. */
  imports: string[];
  /** Modules that it imports and may not, as they have to be asked for. */
  refusedModules: string[];
  hasMain: boolean;
  parameters: { name: string; isRequired: boolean }[];
  /** Whether `main` takes parameters of other names too. */
  takesOthers: boolean;
}
