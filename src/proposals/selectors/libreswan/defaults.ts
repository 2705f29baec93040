/**
 * What libreswan is set to when `ike=` and `esp=` say nothing.
 *
 * @see libreswan lib/libswan/ike_info.c, esp_info.c; `algparse`
 * @module
 */
import type { Algorithm, Box, Negotiation } from '../../model.ts';
import { type Policy, wantOf } from '../../policy.ts';
import type { Release, Setup } from '../profile.ts';
import type { SETTINGS } from './bench.ts';

/** The policy of a release. */
export function defaultSetup(negotiation: Negotiation, release: Release): Setup<typeof SETTINGS> {
  const policy = POLICY[negotiation](release);
  const unlisted = negotiation.startsWith('ikev1') && !release.since('4.15');
  return unlisted ? { policy, settings: { lists: 'none' } } : { policy };
}

const POLICY: Readonly<Record<Negotiation, (release: Release) => Policy>> = {
  'ikev1-phase1': phase1,
  'ikev1-phase2': phase2,
  'ikev2-ike': ike,
  'ikev2-child': child,
};

const [IKE, ESP] = [1, 3];
const ids = (...numbers: number[]): Algorithm[] => numbers.map((id) => ({ id }));
const lines = (protocol: number, boxes: readonly Box[]): Policy => boxes.map((box) => [wantOf(protocol, box)]);

/** AES of either length, then 3DES; of each the groups, of each the hashes SHA2-256, SHA2-512, SHA1. */
function phase1(release: Release): Policy {
  const groups = ids(14, 5, ...(release.since('4.15') ? [19, 31] : []));
  const boxes = ids(7, 5).flatMap((encryption) =>
    groups.flatMap((group) => ids(4, 6, 2).map((hash) => ({ encryption: [encryption], hash: [hash], group: [group] }))),
  );
  return lines(IKE, boxes);
}

/** Up to 4.14 what is offered is not what `algparse` shows. */
function phase2(release: Release): Policy {
  const [AES, GCM, TRIPLE_DES] = [12, 20, 3];
  const SHA1 = ids(2);
  if (!release.since('4.15')) {
    const ciphers: Algorithm[] = [{ id: AES, keyBits: 128 }, { id: TRIPLE_DES }];
    return lines(
      ESP,
      ciphers.map((encryption) => ({ encryption: [encryption], integrity: SHA1 })),
    );
  }
  const integrities = ids(2, 7, 5);
  const each = (encryption: Algorithm): Box[] => integrities.map((integrity) => ({ encryption: [encryption], integrity: [integrity] }));
  const aead = (keyBits: number): Box => ({ encryption: [{ id: GCM, keyBits }] });
  return lines(ESP, [...each({ id: AES }), aead(128), aead(256), ...each({ id: TRIPLE_DES })]);
}

const GCM = (keyBits: number): Algorithm => ({ id: 20, keyBits });
const CBC = (keyBits: number): Algorithm => ({ id: 12, keyBits });
const CHACHA20: Algorithm = { id: 28 };
const INTEGRITY = ids(14, 12);
const NONE = ids(0);

/** In the order of `ike=`: since 5.0 the curves lead, and ChaCha20 comes behind AES-GCM. */
function ike(release: Release): Policy {
  const newer = release.since('5.0');
  const group = newer ? ids(19, 20, 21, 31, 16, 15, 14, 18) : ids(14, 15, 16, 18, 19, 20, 21, 31);
  const prf = ids(7, 5);
  const boxes: Box[] = [
    ...aeads(newer).map((encryption) => ({ encryption: [encryption], prf, integrity: NONE, group })),
    ...[CBC(256), CBC(128)].map((encryption) => ({ encryption: [encryption], prf, integrity: INTEGRITY, group })),
  ];
  return lines(IKE, boxes);
}

function child(release: Release): Policy {
  const boxes: Box[] = [
    ...aeads(release.since('5.0')).map((encryption) => ({ encryption: [encryption], integrity: NONE })),
    ...[CBC(256), CBC(128)].map((encryption) => ({ encryption: [encryption], integrity: INTEGRITY })),
  ];
  return lines(ESP, boxes);
}

function aeads(chacha: boolean): Algorithm[] {
  return [GCM(256), GCM(128), ...(chacha ? [CHACHA20] : [])];
}
