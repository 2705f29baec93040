/** How an unknown word is shown in an error message. @module */

/** The word in quotes, short and printable. */
export function quoted(word: string): string {
  const shown = word.length > 40 ? `${word.slice(0, 40)}...` : word;
  return `'${shown.replace(/[^ -~]/g, '?')}'`;
}
