/**
 * How libreswan's releases differ in what they read: grammar, algorithms and defaults, as data.
 *
 * Rule 1: a release is its place in history; a trait holds from one release on.
 * Rule 2: `testing` is the build of upstream's own tests after 5.4. Which algorithms a build has is the packager's choice; the
 *         releases here are built with upstream's defaults, as Debian and Fedora do.
 *
 * @module
 */
import type { LibreswanAlgorithm } from './algorithms.ts';
import { LIBRESWAN_ALGORITHMS } from './algorithms.ts';

/** Which keyword of a connection a text belongs to; `phase2alg=` is read as `esp` or `ah`. */
export type LibreswanKind = 'ike' | 'esp' | 'ah';

/** The IKE version that a connection speaks. */
export type IkeVersion = 1 | 2;

/** What fills the gaps of a proposal, and what a connection without a text means. */
export interface Defaults {
  /** The text that stands for none. */
  readonly proposals: string;
  readonly prf?: readonly string[];
  readonly integ?: readonly string[];
  readonly ke?: readonly string[];
}

/** A release as a reader of proposals. */
export interface LibreswanBuild {
  readonly release: string;
  /** `plain`: words in their places; `typed`: any transform may also be named, as in `;addke1=mlkem768`. */
  readonly grammar: 'plain' | 'typed';
  /** Whether `ike=` too calls a cipher of the ESP table unsupported, not unknown. */
  readonly namesOfAnyTable: boolean;
  readonly algorithms: readonly LibreswanAlgorithm[];
  readonly defaults: Readonly<Record<`${LibreswanKind}${IkeVersion}`, Defaults>>;
}

/** The releases that somebody is likely to name; any from 4.1 on is taken, and `testing`. */
export const LIBRESWAN_RELEASES = ['4.3', '4.10', '4.15', '5.0', '5.2', '5.3', '5.4', 'testing'] as const;

const [IKEV1_WIDER, IKEV2_WIDER, TYPED] = [415, 500, 504];
const NOT_BUILT: ReadonlySet<string> = new Set(['MODP1024', 'DH22', 'DH23', 'DH24', 'ML_KEM_512']);
const SINCE_TYPED: ReadonlySet<string> = new Set(['ML_KEM_768', 'ML_KEM_1024', '32_BIT_SEQUENTIAL', 'PARTIAL_64_BIT_SEQUENTIAL']);
const CURVES: ReadonlySet<string> = new Set(['DH19', 'DH20', 'DH21', 'DH31']);

const SHA2 = ['HMAC_SHA2_512_256', 'HMAC_SHA2_256_128'];
const SHA2_PRFS = ['HMAC_SHA2_512', 'HMAC_SHA2_256'];
const SHA_PRFS = ['HMAC_SHA2_256', 'HMAC_SHA2_512', 'HMAC_SHA1'];

/** Source: libreswan 4.3 and 4.10, lib/libswan/{ike,esp,ah}_info.c. */
const NARROW: LibreswanBuild['defaults'] = {
  ike1: { proposals: 'AES_CBC,3DES', prf: SHA_PRFS, ke: ['MODP2048', 'MODP1536'] },
  esp1: { proposals: 'AES_CBC', integ: ['HMAC_SHA1_96'] },
  ah1: { proposals: 'SHA1_96' },
  ike2: {
    proposals: 'AES_GCM_16_256,AES_GCM_16_128,AES_CBC_256,AES_CBC_128',
    prf: SHA2_PRFS,
    ke: ['MODP2048', 'MODP3072', 'MODP4096', 'MODP8192', 'DH19', 'DH20', 'DH21', 'DH31'],
  },
  esp2: { proposals: 'AES_GCM_16_256,AES_GCM_16_128,AES_CBC_256,AES_CBC_128', integ: SHA2 },
  ah2: { proposals: 'SHA2_512_256,SHA2_256_128,SHA1_96', integ: SHA2 },
};

/** Source: libreswan 4.15 and 5.0, the same files. */
const WIDER: LibreswanBuild['defaults'] = {
  ike1: { proposals: 'AES_CBC,3DES', prf: SHA_PRFS, ke: ['MODP2048', 'MODP1536', 'DH19', 'DH31'] },
  esp1: { proposals: 'AES_CBC,AES_GCM_16_128,AES_GCM_16_256,3DES', integ: ['HMAC_SHA1_96', ...SHA2] },
  ah1: { proposals: 'SHA1_96,SHA2_512,SHA2_256' },
  ike2: {
    proposals: 'AES_GCM_16_256,AES_GCM_16_128,CHACHA20_POLY1305,AES_CBC_256,AES_CBC_128',
    prf: SHA2_PRFS,
    ke: ['DH19', 'DH20', 'DH21', 'DH31', 'MODP4096', 'MODP3072', 'MODP2048', 'MODP8192'],
  },
  esp2: { proposals: 'AES_GCM_16_256,AES_GCM_16_128,CHACHA20_POLY1305,AES_CBC_256,AES_CBC_128', integ: SHA2 },
  ah2: { proposals: 'SHA2_512_256,SHA2_256_128', integ: SHA2 },
};

const builds = new Map<number, LibreswanBuild>();

/** What a release reads, or undefined when libreswan never had it (`5.2`, `v5.2`, `5.3.1`, `testing`). */
export function libreswanBuild(release: string): LibreswanBuild | undefined {
  const at = placeOf(release);
  if (at === undefined) return undefined;
  let build = builds.get(at);
  if (build === undefined) builds.set(at, (build = makeBuild(at)));
  return build;
}

function makeBuild(at: number): LibreswanBuild {
  const [one, two] = [at >= IKEV1_WIDER ? WIDER : NARROW, at >= IKEV2_WIDER ? WIDER : NARROW];
  return {
    release: at === Infinity ? 'testing' : `${Math.floor(at / 100)}.${at % 100}`,
    grammar: at >= TYPED ? 'typed' : 'plain',
    namesOfAnyTable: at >= IKEV2_WIDER,
    algorithms: LIBRESWAN_ALGORITHMS.flatMap((algorithm) => builtIn(algorithm, at)),
    defaults: { ike1: one.ike1, esp1: one.esp1, ah1: one.ah1, ike2: two.ike2, esp2: two.esp2, ah2: two.ah2 },
  };
}

/** Until 5.3 the curves had no number in IKEv1 phase 2. */
function builtIn(algorithm: LibreswanAlgorithm, at: number): LibreswanAlgorithm[] {
  if (NOT_BUILT.has(algorithm.name) || (at < TYPED && SINCE_TYPED.has(algorithm.name))) return [];
  if (at >= TYPED || algorithm.family !== 'ke' || !CURVES.has(algorithm.name)) return [algorithm];
  const { phase1 = 0, ikev2 = 0 } = algorithm.numbers;
  return [{ ...algorithm, numbers: { phase1, ikev2 } }];
}

/** 4.10 is 410, so that it follows 4.9. */
function placeOf(release: string): number | undefined {
  if (release === 'testing') return Infinity;
  const found = /^v?([45])\.(\d{1,2})(?:\.\d{1,2})?$/.exec(release);
  if (found === null) return undefined;
  const at = Number(found[1]) * 100 + Number(found[2]);
  return at > 400 && (at <= 415 || (at >= 500 && at <= 504)) ? at : undefined;
}
