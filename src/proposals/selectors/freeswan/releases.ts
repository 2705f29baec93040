/**
 * How FreeS/WAN releases differ where a peer can see it, as data. Read from Pluto's own change log.
 *
 * Rule 1: a release is its place in history (1.9 < 1.91 < 1.97 < 2.0); a trait holds from one release up to another.
 * Rule 2: 2.0 is recorded; of older releases the log says what changed, and the codes and texts of what they refused
 *         otherwise are inferred from 2.0.
 *
 * @module
 */

/** The releases that profiles are named after; any other from 1.0 to 2.06 is accepted too. */
export const RELEASES = ['1.2', '1.5', '1.7', '1.9', '1.97', '2.0'] as const;

interface Span {
  /** The first release that has it. */
  readonly from?: number;
  /** The first release that has it no more. */
  readonly before?: number;
  readonly change: string;
}

/** What the change log says, and when. */
export const CHANGES = {
  rsaSignatures: { from: 1.2, change: '1.1 → 1.2: RSA_SIG authentication' },
  modp768: { before: 1.6, change: '1.5 → 1.6: MODP768 no longer accepted' },
  ipcomp: { from: 1.6, change: '1.5 → 1.6: IPCOMP' },
  compressionByPolicy: { from: 1.7, before: 2.0, change: '1.6 → 1.7: compression only if the policy has it; 2.0 takes it always' },
  wellKnownCpi: { from: 1.8, change: '1.7 → 1.8: well-known CPIs and CPIs in four octets accepted' },
  aesNamed: { from: 1.8, change: '1.7 → 1.8: AES and SHA2 have names; before, ESP 12 was an unknown value' },
  durationNeedsType: { from: 1.9, change: '1.8 → 1.9: the check for a life type before a life duration corrected' },
  groupInIpcomp: { from: 1.9, change: '1.8 → 1.9: a group in an IPCOMP transform tolerated' },
  ignoresCommitFlag: { from: 1.92, change: '1.91 → 1.92: the commit flag is ignored' },
  offers1536First: { from: 1.93, change: '1.92 → 1.93: offers MODP1536 before MODP1024' },
  unknownValueIsFatal: { before: 1.97, change: '1.96 → 1.97: an unknown value in phase 1 refuses its transform, no longer the whole SA' },
  sendsDeletes: { from: 1.97, change: '1.96 → 1.97: delete notifications' },
  vendorId: { from: 2.0, change: '1.99 → 2.0: sends a vendor ID' },
} as const satisfies Readonly<Record<string, Span>>;

export type Trait = keyof typeof CHANGES;
export type Traits = Readonly<Record<Trait, boolean>>;

/** The canonical name of a release ('2.0' for every 2.0x), or undefined when FreeS/WAN never had it. */
export function canonicalRelease(text: string): string | undefined {
  const word = text.trim().replace(/^v/i, '');
  if (/^2\.0(?:x|\d)?$/i.test(word) || word === '2') return '2.0';
  const found = /^1\.(\d{1,2})(?:x)?$/i.exec(word);
  if (!found) return word === '1' ? '1.0' : undefined;
  const minor = found[1] as string;
  return minor === '00' ? '1.0' : /^0.|^[1-8]\d$/.test(minor) ? undefined : `1.${minor}`;
}

/** What holds in a release (its canonical name). */
export function traitsOf(release: string): Traits {
  const when = Number(release);
  const spans: readonly (readonly [string, Span])[] = Object.entries(CHANGES);
  return Object.fromEntries(spans.map(([name, { from = 0, before = Infinity }]) => [name, when >= from && when < before])) as Readonly<
    Record<Trait, boolean>
  >;
}
