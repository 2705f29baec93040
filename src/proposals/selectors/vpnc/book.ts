/**
 * What vpnc prints about the answer to its proposals.
 *
 * @see vpnc vpnc.c
 * @module
 */
import { logBook } from '../../log-lines.ts';

export const book = logBook({
  unreadable: { text: 'response was invalid [1]:  ({notify})({number})', level: 'normal' },
  invalid: { text: 'response was invalid [2]:  ({notify})({number})', level: 'normal' },
  unknownAttribute: { text: 'unknown attribute {type}, aborting..', level: 'debug' },
  ikeSelected: { text: 'IKE SA selected {auth}-{cipher}-{hash}', level: 'debug' },
  ipsecSelected: { text: 'IPSEC SA selected {cipher}-{hash}', level: 'debug' },
  weakCipher: { text: 'Peer has selected {name} as encryption method.', level: 'normal' },
  weakHash: { text: 'Peer has selected {name} as authentication method.', level: 'normal' },
  quickUnreadable: { text: 'quick mode response rejected:  ({notify})({number})', level: 'normal' },
  quickInvalid: { text: 'quick mode response rejected [2]:  ({notify})({number})', level: 'normal' },
});

/** A notification type as vpnc names it. */
export function notifyName(type: number): string {
  return NAMES[type] === undefined ? 'unknown' : `ISAKMP_N_${NAMES[type]}`;
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'INVALID_PAYLOAD_TYPE',
  2: 'DOI_NOT_SUPPORTED',
  3: 'SITUATION_NOT_SUPPORTED',
  10: 'INVALID_PROTOCOL_ID',
  11: 'INVALID_SPI',
  12: 'INVALID_TRANSFORM_ID',
  13: 'ATTRIBUTES_NOT_SUPPORTED',
  14: 'NO_PROPOSAL_CHOSEN',
  15: 'BAD_PROPOSAL_SYNTAX',
  16: 'PAYLOAD_MALFORMED',
};
