/**
 * Keys that name no SA, as charon and iked log them, beside the messages that they open → lines of Wireshark's tables, which do.
 *
 * @module
 */
import { type CryptoProvider } from '../crypto/provider.ts';
import { decodeMessage, versionOf } from '../message.ts';
import { EXCHANGE, FLAG } from '../numbers.ts';
import type { Payload } from '../payloads/index.ts';
import { isZero, keyOf } from './deciphered.ts';
import { Decryptor } from './decryptor.ts';
import { type NegotiatedSuite, negotiatedSuite, rekeySpi } from './negotiated.ts';
import type { Ikev1SessionKey, Ikev2SessionKeys, SessionKeys } from './session-keys.ts';
import { ikev1KeyLine, ikev2KeyLine } from './wireshark-write.ts';

/** One line for each SA of which a key opens anything. `messages` in the order in which they were sent, without the marker of port 4500. */
export function tableLines(provider: CryptoProvider, messages: readonly Uint8Array[], keys: readonly SessionKeys[]): readonly string[] {
  const two = keys.filter((key): key is Ikev2SessionKeys => key.version === 2 && key.kind === 'keys');
  const one = keys.filter((key): key is Ikev1SessionKey => key.version === 1 && key.kind === 'keys');
  const lines = [
    ...sasOf(provider, messages, keys).flatMap((sa) => {
      const key = two.find((each) => opens(provider, messages, { ...each, ...sa }));
      return (key && ikev2KeyLine({ ...sa, ...key, suite: sa.suite })) ?? [];
    }),
    ...cookiesOf(messages).flatMap((initiatorCookie) => {
      const { encryptionKey } = one.find((each) => opens(provider, messages, { ...each, initiatorCookie })) ?? {};
      return encryptionKey ? [ikev1KeyLine(initiatorCookie, encryptionKey)] : [];
    }),
  ];
  return [...new Set(lines)];
}

/** Whether a key opens a message of the SA that it now names. */
function opens(provider: CryptoProvider, messages: readonly Uint8Array[], key: Ikev1SessionKey | Ikev2SessionKeys): boolean {
  const decryptor = new Decryptor(provider, [key]);
  return messages.some((octets) => decryptor.add(octets).state === 'opened');
}

interface Sa {
  readonly initiatorSpi: Uint8Array;
  readonly responderSpi: Uint8Array;
  readonly suite: NegotiatedSuite;
}

/** The IKE SAs of IKEv2 that were begun, and those that took their place. */
function sasOf(provider: CryptoProvider, messages: readonly Uint8Array[], keys: readonly SessionKeys[]): readonly Sa[] {
  const decryptor = new Decryptor(provider, keys);
  const asked = new Map<string, Uint8Array>();
  return messages.flatMap((octets): Sa[] => {
    const read = decryptor.add(octets);
    if (read.state !== 'clear' && read.state !== 'opened') return [];
    const { header } = read.message;
    if (versionOf(header) !== 2) return [];
    const payloads = read.state === 'opened' ? read.payloads : read.message.payloads;
    const { initiatorSpi, responderSpi, exchange, messageId, flags } = header;
    const response = (flags & FLAG.response) !== 0;
    if (exchange === EXCHANGE.saInit) return response && !isZero(responderSpi) ? begun(initiatorSpi, responderSpi, payloads) : [];
    const next = exchange === EXCHANGE.createChildSa ? rekeySpi(payloads) : undefined;
    if (next === undefined) return [];
    const id = `${keyOf(initiatorSpi, responderSpi)}/${((flags & FLAG.initiator) !== 0) !== response}/${messageId}`;
    if (!response) asked.set(id, next);
    const first = response ? asked.get(id) : undefined;
    return first ? begun(first, next, payloads) : [];
  });
}

function begun(initiatorSpi: Uint8Array, responderSpi: Uint8Array, payloads: readonly Payload[]): Sa[] {
  const suite = negotiatedSuite(payloads);
  return suite ? [{ initiatorSpi, responderSpi, suite }] : [];
}

/** The initiators' cookies of all IKEv1 exchanges. */
function cookiesOf(messages: readonly Uint8Array[]): readonly Uint8Array[] {
  const found = messages.flatMap((octets) => {
    const decoded = decodeMessage(octets);
    return decoded.ok && versionOf(decoded.value.header) === 1 ? [decoded.value.header.initiatorSpi] : [];
  });
  return [...new Map(found.map((cookie) => [keyOf(cookie), cookie])).values()];
}
