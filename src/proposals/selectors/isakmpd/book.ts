/**
 * isakmpd's lines about proposals. It writes all of them without being told to debug.
 *
 * @see isakmpd message.c, ike_phase_1.c, ike_quick_mode.c
 * @module
 */
import { type LogLine, logBook } from '../../log-lines.ts';
import { notifyName } from './names.ts';

export const book = logBook({
  shortMessage: { text: 'message_parse_payloads: short message', level: 'normal' },
  nextPayload: { text: 'message_parse_payloads: invalid next payload type {next} in payload of type {payload}', level: 'normal' },
  reserved: { text: 'message_parse_payloads: reserved field non-zero: {value}', level: 'normal' },
  noMinimum: { text: 'message_parse_payloads: unknown minimum payload size for payload type {payload}', level: 'normal' },
  tooShort: { text: 'message_parse_payloads: payload too short: {length}', level: 'normal' },
  tooLong: { text: 'message_parse_payloads: payload too long: {length}', level: 'normal' },
  unexpected: { text: 'message_parse_payloads: payload type {payload} unexpected', level: 'normal' },
  doi: { text: 'message_validate_sa: DOI not supported', level: 'normal' },
  situationShort: { text: 'ipsec_validate_situation: payload too short: {length}', level: 'normal' },
  situation: { text: 'message_validate_sa: situation not supported', level: 'normal' },
  several: { text: 'ike_phase_1_responder_recv_SA: multiple SA or proposal payloads in phase 1', level: 'normal' },
  severalInAnswer: {
    text: 'ike_phase_1_initiator_recv_SA: multiple SA, proposal or transform payloads in phase 1',
    level: 'normal',
  },
  transformOk: { text: 'message_negotiate_sa: transform {transform} proto {protocol} proposal {proposal} ok', level: 'debug' },
  protocolFailed: { text: 'message_negotiate_sa: proto {protocol} proposal {proposal} failed', level: 'debug' },
  succeeded: { text: 'message_negotiate_sa: proposal {proposal} succeeded', level: 'debug' },
  failed: { text: 'message_negotiate_sa: proposal {proposal} failed', level: 'debug' },
  nothing: { text: 'message_negotiate_sa: no compatible proposal found', level: 'normal' },
  phase1Success: { text: 'ike_phase_1_validate_prop: success', level: 'debug' },
  phase1Failure: { text: 'ike_phase_1_validate_prop: failure', level: 'debug' },
  absent: { text: 'attribute_unacceptable: attr {attribute} does not exist in {section}', level: 'normal' },
  duration: { text: 'attribute_unacceptable: LIFE_DURATION: got {got},  expected {expected}', level: 'normal' },
  expected: { text: 'attribute_unacceptable: {attribute}: got {got}, expected {expected}', level: 'normal' },
  noLife: { text: 'attribute_unacceptable: life attribute received, none in policy', level: 'normal' },
  lifeType: { text: 'attribute_unacceptable: unrecognized LIFE_TYPE {type}', level: 'normal' },
  lifeWithoutType: { text: 'attribute_unacceptable: LIFE_DURATION without LIFE_TYPE', level: 'normal' },
  policy: { text: 'check_policy: negotiated SA failed policy check', level: 'normal' },
  ahWithoutAuth: { text: 'responder_recv_HASH_SA_NONCE: AH proposed without an algorithm attribute', level: 'normal' },
  keyWithoutGroup: { text: 'responder_recv_HASH_SA_NONCE: KEY_EXCH payload without a group desc. attribute', level: 'normal' },
  dropped: { text: 'dropped message from {address} port {port} due to notification type {notify}', level: 'normal' },
});

/** The line that goes with every notification. Where the peer is nobody says here: 10.0.0.2. */
export function dropped(notify: number): LogLine {
  return book.write('dropped', { address: '10.0.0.2', port: 500, notify: notifyName(notify) });
}
