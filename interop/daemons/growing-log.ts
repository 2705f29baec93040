/** A log that a daemon goes on writing, and that is looked at many times a second: what was read once is not read again. */
import { open } from 'node:fs/promises';

/**
 * Reads a log: every whole line of it so far. `keep` is given each line once, in order, several at a time, with their ends, and says what
 * is left of them. @throws ENOENT while there is no file
 */
export function growingLog(file: string, keep: (lines: string) => string = (lines) => lines): () => Promise<string> {
  let text = '';
  let read = 0;
  const more = async (): Promise<string> => {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      if (size < read) [text, read] = ['', 0];
      if (size === read) return text;
      const octets = Buffer.alloc(size - read);
      const { bytesRead } = await handle.read(octets, 0, octets.length, read);
      const end = octets.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
      text += keep(octets.toString('utf8', 0, end));
      read += end;
      return text;
    } finally {
      await handle.close();
    }
  };
  // One after the other, or two would read the same lines.
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(more, more);
    last = next;
    return next;
  };
}

const NEWLINE = 0x0a;
