/**
 * Identities as Pluto compares them: exactly, or with the wildcards of a connection.
 *
 * @see FreeS/WAN 2.0x `id.c`, `match_id`, `same_id`
 * @module
 */
import { sameAddress } from './subnets.ts';

/** `none` is the identity of a connection that takes any peer. */
export interface Identity {
  readonly kind: 'none' | 'ipv4' | 'ipv6' | 'fqdn' | 'user-fqdn' | 'dn' | 'key-id';
  /** As Pluto prints it. */
  readonly text: string;
}

/** What a connection without an identity of the peer accepts counts as so many wildcards. */
export const MOST_WILDCARDS = 15;

/** Names of the payload's types. @see RFC 2407 §4.6.2.1 */
export const ID_TYPE: Readonly<Record<Identity['kind'], string>> = {
  none: 'ID_NONE',
  ipv4: 'ID_IPV4_ADDR',
  ipv6: 'ID_IPV6_ADDR',
  fqdn: 'ID_FQDN',
  'user-fqdn': 'ID_USER_FQDN',
  dn: 'ID_DER_ASN1_DN',
  'key-id': 'ID_KEY_ID',
};

/** Reads an identity as it is configured: `%any`, an address, `@name`, `user@name`, `@#hex`, `C=CH, CN=*`. */
export function parseIdentity(text: string): Identity {
  const word = text.trim();
  if (word === '' || word === '%any' || word === '%none') return { kind: 'none', text: '(none)' };
  if (word.startsWith('@#')) return { kind: 'key-id', text: word };
  if (word.startsWith('@')) return { kind: 'fqdn', text: word };
  if (word.includes('=')) return { kind: 'dn', text: word };
  if (word.includes('@')) return { kind: 'user-fqdn', text: word };
  if (word.includes(':')) return { kind: 'ipv6', text: word };
  return /^[\d.]+$/.test(word) ? { kind: 'ipv4', text: word } : { kind: 'fqdn', text: `@${word}` };
}

/** The same identity; the case of names and their last dots do not matter. */
export function sameIdentity(a: Identity, b: Identity): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'none':
      return true;
    case 'ipv4':
    case 'ipv6':
      return sameAddress(a.text, b.text);
    case 'fqdn':
    case 'user-fqdn':
      return plain(a.text) === plain(b.text);
    case 'dn':
      return wildcardsOfName(a.text, b.text) === 0;
    default:
      return a.text === b.text;
  }
}

/** How many wildcards it takes to find the peer's identity in the connection's; nothing when it is another. */
export function matchIdentity(peer: Identity, configured: Identity): number | undefined {
  if (configured.kind === 'none') return MOST_WILDCARDS;
  if (peer.kind !== configured.kind) return undefined;
  if (peer.kind === 'dn') return wildcardsOfName(peer.text, configured.text);
  return sameIdentity(peer, configured) ? 0 : undefined;
}

function plain(name: string): string {
  let end = name.length;
  while (end > 0 && name[end - 1] === '.') end--;
  return name.slice(0, end).toLowerCase();
}

/** Part by part; a part `*` of the second is any. */
function wildcardsOfName(name: string, pattern: string): number | undefined {
  const [own, wanted] = [partsOf(name), partsOf(pattern)];
  if (own.length !== wanted.length) return undefined;
  let wildcards = 0;
  for (const [i, part] of wanted.entries()) {
    const other = own[i];
    if (!other || other.type !== part.type) return undefined;
    if (part.value === '*') wildcards++;
    else if (part.value !== other.value) return undefined;
  }
  return wildcards;
}

function partsOf(name: string): { readonly type: string; readonly value: string }[] {
  return name.split(/[,/]/).flatMap((part) => {
    const at = part.indexOf('=');
    return at < 0
      ? []
      : [
          {
            type: part.slice(0, at).trim().toUpperCase(),
            value: part
              .slice(at + 1)
              .trim()
              .toLowerCase(),
          },
        ];
  });
}
