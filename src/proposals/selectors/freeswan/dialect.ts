/**
 * How the members of Pluto's family differ: numbers, names, and a few judges.
 *
 * Rule 1: what all of them do is in the code of the phases; what one of them does is a field here.
 * Rule 2: a field says what is done, not who does it; no code asks for a name.
 *
 * @module
 */
import type { Algorithm, Choice, Path } from '../../model.ts';
import type { Seen } from './attributes.ts';
import type { Bench } from './bench.ts';
import type { Fault } from './ledger.ts';
import type { Names } from './names.ts';
import type { IpsecTransform } from './phase2-transform.ts';
import type { AttributeLayout, TransformLayout } from './structure.ts';

/** A cipher with its key lengths in bits: the least, the usual when none is said, the most. */
export interface Cipher {
  readonly id: number;
  readonly least: number;
  readonly usual: number;
  readonly most: number;
}

/** What it has names for. */
export interface Vocabulary {
  /** By attribute type with the bit for TV. */
  readonly oakleyAttribute: Names;
  /** By attribute type. */
  readonly oakleyValue: ReadonlyMap<number, Names>;
  readonly ipsecAttribute: Names;
  readonly ipsecValue: ReadonlyMap<number, Names>;
  readonly ahTransform: Names;
  readonly espTransform: Names;
  readonly ipcompTransform: Names;
}

/** The four algorithms of a phase 1 transform without a fault, and its key length in bits (0: none). */
export interface OakleySuite {
  readonly encryption: Choice;
  readonly hash: Choice;
  readonly auth: Choice;
  readonly group: Choice;
  readonly keyBits: number;
}

export interface Phase1Dialect {
  readonly attributes: AttributeLayout;
  /** Headers, numbers and attributes of all transforms are looked through before the first is judged. */
  readonly prescan: boolean;
  /** Without ranges a Key Length attribute is refused. */
  readonly keyLength?: 'keyLengthInvalid' | 'keyLengthNotValid';
  /** What it says about a key length besides refusing it; nothing is also an answer. */
  readonly keyLengthRemark?: (cipher: Cipher, keyBits: number) => Fault['before'];
  readonly ciphers: readonly Cipher[];
  readonly cipherComplaint: 'notSupported' | 'cipherNotFound';
  /** A reason to refuse a cipher that it knows. */
  readonly judgeCipher?: (offered: Choice, attribute: Seen, bench: Bench) => Fault | undefined;
  readonly hashes: readonly Algorithm[];
  readonly groupComplaint: 'onlyGroups' | 'groupNotSupported' | 'notSupported';
  readonly longLife: 'refused' | 'reduced';
  /** Its names of missing attributes are those of the attribute behind. */
  readonly missingShifted: boolean;
  readonly judgeAuth: (offered: Choice, attribute: Seen, bench: Bench) => Fault | undefined;
  /** When no attribute is refused: the whole transform once more. An incomplete one has gaps. */
  readonly judgeSuite?: (
    suite: Partial<OakleySuite> & { readonly keyBits: number },
    number: number,
    path: Path,
    bench: Bench,
  ) => Fault | undefined;
}

export interface Phase2Dialect {
  readonly attributes: AttributeLayout;
  /** Transform layouts by protocol; a protocol without one is unexpected. */
  readonly layouts: Readonly<Record<number, TransformLayout>>;
  readonly wellKnownCpis: readonly number[];
  /** A proposal without transforms ends the SA, or has its SPI read once more. */
  readonly withoutTransforms: 'noTransforms' | 'transformsSkipped';
  readonly pfsComplaint: 'onlyPfsGroups' | 'pfsGroupNotSupported';
  /** It understands the modes of NAT traversal, and refuses them where no NAT was seen. */
  readonly natTraversal: boolean;
  /** A duration without a type is noticed after all. */
  readonly refusesLifeType0: boolean;
  readonly keyRounds: boolean;
  readonly judgeAh: (transform: IpsecTransform, path: Path, bench: Bench) => readonly Fault[];
  readonly judgeEsp: (transform: IpsecTransform, path: Path, besideAh: boolean, bench: Bench) => readonly Fault[];
  readonly judgeIpcomp: (transform: IpsecTransform, path: Path, wellKnownCpi: number | undefined, bench: Bench) => readonly Fault[];
  /** It remarks which compression it takes. */
  readonly remarksCompression: boolean;
  /** When AH, ESP and IPCOMP are found: the group once more. */
  readonly judgeGroup?: (esp: IpsecTransform | undefined, group: number, number: number, bench: Bench) => Fault | undefined;
}

/** One member of the family, as it is configured. */
export interface Dialect {
  /** As its makers write it: who forbids what it forbids. */
  readonly by: string;
  readonly names: Vocabulary;
  /** For phase 1 and for PFS. */
  readonly groups: readonly Algorithm[];
  /** Those that its complaints name, where they are behind the times. */
  readonly namedGroups?: readonly Algorithm[];
  readonly phase1: Phase1Dialect;
  readonly phase2: Phase2Dialect;
}
