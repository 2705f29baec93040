/**
 * What a session is tried with: the strongest suite that the peer accepts and that can be computed here, and the first child SA.
 *
 * Rule: single DES is never among them.
 *
 * @module
 */
import { prf } from '../../ike/crypto/prf.ts';
import type { CryptoProvider } from '../../ike/crypto/provider.ts';
import { sealingKeyLengths } from '../../ike/crypto/sealing-v2.ts';
import { suiteTools } from '../../ike/exchanges/ikev1/suite.ts';
import { boxesToChildOffer } from '../../proposals/child-offers.ts';
import type { Algorithm, Box, Offer, Suite } from '../../proposals/model.ts';
import { keyword, parseSuite } from '../../proposals/notation.ts';
import { boxOfSuite } from '../asked-offers.ts';
import type { ExchangeReport } from '../result.ts';

/** A suite and its text. */
export interface Named {
  readonly text: string;
  readonly suite: Suite;
}

/** Of IKEv2; the report has the strongest first. */
export function computableIkev2(report: ExchangeReport | undefined, provider: CryptoProvider): Named | undefined {
  return report?.accepted
    .map(({ suite: text }): Named => ({ text, suite: parseSuite(text, 'ikev2-ike') }))
    .find(({ suite: { encryption, integrity, prf: mac, group } }) => {
      const sealing = encryption && { encryption, ...(integrity && { integrity: integrity.id }) };
      return (
        sealing !== undefined &&
        !isDes(encryption) &&
        sealingKeyLengths(provider, sealing) !== undefined &&
        prf(provider, mac?.id ?? 0) !== undefined &&
        provider.keyExchange(group?.id ?? 0) !== undefined
      );
    });
}

/** Of IKEv1, with a method of authentication. */
export function computableIkev1(report: ExchangeReport | undefined, provider: CryptoProvider, method: number): Named | undefined {
  return report?.accepted
    .filter(({ auth }) => takes(auth, method))
    .map(({ suite: text }): Named => ({ text, suite: parseSuite(text, 'ikev1-phase1') }))
    .find(({ suite: { encryption, hash, group } }) => {
      if (!encryption || !hash || !group || encryption.id === PHASE1_DES) return false;
      const bits = encryption.keyBits === undefined ? {} : { keyBits: encryption.keyBits };
      return suiteTools(provider, { encryption: encryption.id, ...bits, hash: hash.id, auth: method, group: group.id }) !== undefined;
    });
}

/** Whether a suite is accepted with a method. */
export function takes(auth: readonly string[] | '*', method: number): boolean {
  return auth === '*' || auth.includes(keyword('auth', 'ikev1-phase1', { id: method }));
}

const PHASE1_DES = 1;
const isDes = (cipher: Algorithm | undefined): boolean => cipher !== undefined && [1, 2, 9].includes(cipher.id);

/** What IKE_AUTH asks for: what was offered by hand, or everything; without groups, which have no place there, and without DES. */
export function firstOffer(suites: readonly Suite[], universe: readonly Box[]): Offer {
  const bare = (box: Box): Box[] => {
    const { group: _, encryption, ...rest } = box;
    const ciphers = encryption?.filter((cipher) => !isDes(cipher));
    return ciphers?.length === 0 ? [] : [{ ...(ciphers && { encryption: ciphers }), ...rest }];
  };
  const own = suites.map(boxOfSuite).flatMap(bare);
  const boxes = own.length > 0 ? own : universe.filter(({ group }) => group === undefined).flatMap(bare);
  const keys = boxes.map(({ encryption, integrity, esn }) => JSON.stringify([encryption, integrity, esn]));
  const distinct = boxes.filter((_, i) => keys.indexOf(keys[i] ?? '') === i);
  return boxesToChildOffer(distinct.length > 0 ? distinct : [FALLBACK]);
}

/** Where only DES was offered. */
const FALLBACK: Box = { encryption: [{ id: 12, keyBits: 128 }], integrity: [{ id: 12 }] };
