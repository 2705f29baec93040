/**
 * charon's default proposals.
 *
 * Rule: the lists for children are written in the source. Those for IKE are made of what the loaded plugins register, in that order; here
 * they are as Debian's packages with all plugins have them, as logged by each of the four releases.
 *
 * @see strongSwan proposal.c: proposal_create_default, proposal_create_default_aead; vici_config.c
 * @module
 */
import type { Negotiation } from '../../model.ts';
import type { Setup } from '../profile.ts';
import { type CharonTransform, PROTOCOL } from './algebra.ts';
import type { ReleaseLike } from './releases.ts';
import { type StrongswanWant, wantOf } from './wants.ts';
import { wordMeaning } from './words.ts';

/** What is used when nothing is configured: for children combined-mode ciphers first. */
export function defaultSetup(negotiation: Negotiation, release: ReleaseLike): Setup {
  const ike = negotiation === 'ikev1-phase1' || negotiation === 'ikev2-ike';
  const wants = ike ? ikeDefaults(negotiation, release) : childDefaults(PROTOCOL.esp, negotiation, release);
  return { policy: wants.map((want) => [want]) };
}

/** What the word `default` means. Before 6.0 it lists classic ciphers first even for children. */
export function defaultWants(protocol: number, negotiation: Negotiation, release: ReleaseLike): readonly StrongswanWant[] {
  if (protocol === PROTOCOL.ike) return ikeDefaults(negotiation, release);
  const wants = childDefaults(protocol, negotiation, release);
  return release.since('6.0') ? wants : wants.toReversed();
}

function ikeDefaults(negotiation: Negotiation, release: ReleaseLike): readonly StrongswanWant[] {
  const prfs = release.since('5.9.8') ? `${SHA2_PRFS}-${AES_PRFS}` : `${AES_PRFS}-${SHA2_PRFS}`;
  const common = `${prfs}-prfsha1-${groups(release)}`;
  return [`${CLASSIC}-${common}`, `${AEAD}-${common}`].map((text) => wantOf(PROTOCOL.ike, meanings(text, release), negotiation));
}

function childDefaults(protocol: number, negotiation: Negotiation, release: ReleaseLike): readonly StrongswanWant[] {
  const optional = release.since('6.0.2') ? `-${groups(release)}-none` : '';
  const integrity = `sha256-sha384-sha512-sha1-aesxcbc${optional}-noesn`;
  // 5.9.1 forgot the sequence numbers here, and so suits nobody who sends them.
  const aead = `aes128gcm16-aes192gcm16-aes256gcm16${optional}${release.since('5.9.2') ? '-noesn' : ''}`;
  const lists = protocol === PROTOCOL.ah ? [integrity] : [aead, `aes128-aes192-aes256-${integrity}`];
  return lists.map((text) => {
    const want = wantOf(protocol, meanings(text, release), negotiation);
    return want.slots.has('esn') || text.includes('noesn') ? want : { ...want, slots: new Map([...want.slots, ['esn', []]]) };
  });
}

/** OpenSSL's Curve25519 comes first in 5.9.8 only. */
function groups(release: ReleaseLike): string {
  const [curves, nist] = ['x25519-x448', 'ecp256-ecp384-ecp521-ecp256bp-ecp384bp-ecp512bp'];
  const elliptic = release.since('5.9.8') && !release.since('6.0') ? `${curves}-${nist}` : `${nist}-${curves}`;
  return `${elliptic}-modp3072-modp4096-modp6144-modp8192-modp2048`;
}

function meanings(text: string, release: ReleaseLike): readonly CharonTransform[] {
  return text.split('-').flatMap((word): CharonTransform[] => {
    const meaning = wordMeaning(word, release);
    return meaning ? [{ type: meaning.type, id: meaning.id, keyBits: meaning.keyBits }] : [];
  });
}

const sizes = (cipher: string, mode = ''): string => [128, 192, 256].map((bits) => `${cipher}${bits}${mode}`).join('-');
const CLASSIC = [
  sizes('aes'),
  sizes('aes', 'ctr'),
  sizes('camellia'),
  sizes('camellia', 'ctr'),
  '3des-sha256-sha384-sha512-aesxcbc-aescmac-sha1',
].join('-');
const AEAD = [
  sizes('aes', 'ccm16'),
  sizes('aes', 'gcm16'),
  'chacha20poly1305',
  sizes('camellia', 'ccm16'),
  sizes('aes', 'ccm8'),
  sizes('aes', 'ccm12'),
  sizes('aes', 'gcm8'),
  sizes('aes', 'gcm12'),
  sizes('camellia', 'ccm8'),
  sizes('camellia', 'ccm12'),
].join('-');
const SHA2_PRFS = 'prfsha256-prfsha384-prfsha512';
const AES_PRFS = 'prfaesxcbc-prfaescmac';
