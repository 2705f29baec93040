/**
 * Data inside a page: JSON, deflated, in base64. A page of thousands of cells opens what it shows.
 *
 * Rule: base64 has no character that HTML knows, so nothing that a daemon said can end the element it stands in.
 *
 * @module
 */

/** The text that `unpack` reads. */
export async function pack(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return toBase64(new Uint8Array(await new Response(stream).arrayBuffer()));
}

/** What was packed. @throws when the text is no such text */
export async function unpack(text: string): Promise<unknown> {
  const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}

function toBase64(octets: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < octets.length; at += CHUNK) parts.push(String.fromCharCode(...octets.subarray(at, at + CHUNK)));
  return btoa(parts.join(''));
}

/** The octets of base64 text. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const octets = new Uint8Array(characters.length);
  for (let i = 0; i < characters.length; i++) octets[i] = characters.charCodeAt(i);
  return octets;
}

/** Arguments of one call. */
const CHUNK = 0x8000;
