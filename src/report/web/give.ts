/**
 * What a reader takes along: text to the clipboard, files to the disk.
 *
 * @module
 */

/** Puts text into the clipboard; false when the browser does not let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Lets the browser save a file. */
export function saveFile(name: string, type: string, content: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Letters, digits and little else, as file systems like it. */
function fileName(name: string): string {
  return name.replace(/[^\w.@-]+/g, '_').slice(0, 150);
}
