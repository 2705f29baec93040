import { TRANSFORM_TYPES, type TransformType } from './algorithms.ts';
import { allAead, type LibreswanProposals, type LibreswanTransform, noIntegrity, noneAead, ofType } from './model.ts';
import { libreswanBuild } from './releases.ts';

/**
 * The proposals as `ipsec algparse` prints them, one string each; `release` says in whose words (those of the text when left out).
 *
 * Source: libreswan 4.10 and 5.4, proposals.c: jam_proposal.
 */
export function printLibreswan(parsed: LibreswanProposals, release: string = parsed.release): string[] {
  const typed = libreswanBuild(release)?.grammar !== 'plain';
  return parsed.proposals.map(({ transforms }) => (typed ? printTyped(transforms) : printPlain(transforms)));
}

/** Integrity stands in front of the PRF, and only where it does not follow from it. */
function printPlain(transforms: readonly LibreswanTransform[]): string {
  const integrity =
    ofType(transforms, 'prf').length === 0 ||
    (allAead(transforms) && !noIntegrity(transforms)) ||
    (noneAead(transforms) && !integrityFollows(transforms));
  const types: readonly TransformType[] = integrity ? ['encrypt', 'integ', 'prf', 'ke'] : ['encrypt', 'prf', 'ke'];
  return types.flatMap((type) => words(transforms, type)).join('-');
}

/** Integrity stands behind the PRF; NONE of AEAD ciphers is not said. */
function printTyped(transforms: readonly LibreswanTransform[]): string {
  const nothing = allAead(transforms) && ofType(transforms, 'integ').length === 1 && noIntegrity(transforms);
  const skip = nothing || integrityFollows(transforms);
  let text = '';
  for (const type of TRANSFORM_TYPES) {
    if (type === 'integ' && skip) continue;
    for (const list of words(transforms, type)) {
      const separator = TRANSFORM_TYPES.indexOf(type) <= TRANSFORM_TYPES.indexOf('ke') ? '-' : `;${type}=`;
      text += (text === '' && separator === '-' ? '' : separator) + list;
    }
  }
  return text;
}

/** Whether each integrity algorithm is made of the PRF at the same place. */
function integrityFollows(transforms: readonly LibreswanTransform[]): boolean {
  const [prfs, integrity] = [ofType(transforms, 'prf'), ofType(transforms, 'integ')];
  if (prfs.length === 0 || prfs.length !== integrity.length) return false;
  return integrity.every(({ algorithm }, i) => algorithm.prf === prfs[i]?.algorithm.name);
}

/** The transforms of a type between `+`; nothing when there are none. */
function words(transforms: readonly LibreswanTransform[], type: TransformType): string[] {
  const names = ofType(transforms, type).map(({ algorithm, keyBits }) =>
    keyBits === undefined ? algorithm.name : `${algorithm.name}_${keyBits}`,
  );
  return names.length === 0 ? [] : [names.join('+')];
}
