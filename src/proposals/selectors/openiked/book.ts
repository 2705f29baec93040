/**
 * iked's lines about proposals, without the `spi=0x…: ` that stands before some of them.
 *
 * @see OpenIKED ikev2_pld.c, policy.c, ikev2.c
 * @module
 */
import { logBook } from '../../log-lines.ts';

/** At `-v` and without it iked writes the lines of level normal, with `-vv` all. */
export const book = logBook({
  proposal: {
    text: 'ikev2_pld_sa: more {more} reserved {reserved} length {length} proposal #{number} protoid {protocol} spisize {spiSize} xforms {count} spi {spi}',
    level: 'debug',
  },
  transform: { text: 'ikev2_pld_xform: more {more} reserved {reserved} length {length} type {type} id {id}', level: 'debug' },
  attribute: { text: 'ikev2_pld_attr: attribute type {type} length {length} total {total}', level: 'debug' },
  saTooShort: { text: 'ikev2_validate_sa: malformed payload: too short for header ({left} < {need})', level: 'debug' },
  saBelowMinimum: { text: 'ikev2_validate_sa: malformed payload: shorter than minimum header size ({length} < {need})', level: 'debug' },
  saTooLong: { text: 'ikev2_validate_sa: malformed payload: too long for actual payload size ({left} < {length})', level: 'debug' },
  saMismatch: {
    text: 'ikev2_validate_sa: malformed payload: SA payload length mismatches single proposal substructure length ({left} != {length})',
    level: 'debug',
  },
  saTooSmall: {
    text: 'ikev2_validate_sa: malformed payload: SA payload too small for further proposals ({left} <= {length})',
    level: 'debug',
  },
  spiBeyondPayload: { text: 'ikev2_pld_sa: malformed payload: SPI larger than actual payload ({left} < {size})', level: 'debug' },
  spiBeyondProposal: { text: 'ikev2_pld_sa: malformed payload: SPI larger than proposal ({left} < {size})', level: 'debug' },
  spiSize: { text: 'ikev2_pld_sa: unsupported SPI size {size}', level: 'debug' },
  transformTooShort: { text: 'ikev2_validate_xform: malformed payload: too short for header ({left} < {need})', level: 'debug' },
  transformBelowMinimum: {
    text: 'ikev2_validate_xform: malformed payload: shorter than minimum header size ({length} < {need})',
    level: 'debug',
  },
  transformTooLong: { text: 'ikev2_validate_xform: malformed payload: too long for payload size ({left} < {length})', level: 'debug' },
  transformsLeft: { text: 'ikev2_pld_xform: less data than specified, {left} bytes left', level: 'debug' },
  attributeTooShort: { text: 'ikev2_validate_attr: malformed payload: too short for header ({left} < {need})', level: 'debug' },
  attributeBelowMinimum: {
    text: 'ikev2_pld_attr: malformed payload: shorter than minimum header size ({length} < {need})',
    level: 'debug',
  },
  attributeTooLong: {
    text: 'ikev2_pld_attr: malformed payload: attribute larger than actual payload ({left} < {length})',
    level: 'debug',
  },
  payloadTooShort: { text: 'ikev2_validate_pld: malformed payload: too short for generic header ({left} < {need})', level: 'debug' },
  payloadBeyondMessage: { text: 'ikev2_validate_pld: malformed payload: shorter than specified ({left} < {length})', level: 'debug' },
  payloadBelowMinimum: {
    text: 'ikev2_validate_pld: malformed payload: shorter than minimum header size ({length} < {need})',
    level: 'debug',
  },
  invalidType: { text: 'config_add_transform: invalid transform type {type}', level: 'debug' },
  unknownType: { text: 'ikev2_pld_xform: failed to add transform: unknown type', level: 'debug' },
  proposalDropped: { text: 'ikev2_pld_sa: invalid proposal transform', level: 'debug' },
  invalidTransforms: { text: 'ikev2_pld_sa: invalid proposal transforms', level: 'debug' },
  parseFailed: { text: 'ikev2_resp_recv: failed to parse message', level: 'normal' },
  answerParseFailed: { text: 'ikev2_init_recv: failed to parse message', level: 'debug' },
  nothingSent: { text: 'proposals_negotiate: peer did not send {protocol} proposals', level: 'debug' },
  score: { text: 'proposals_negotiate: score {score}', level: 'debug' },
  noPolicy: { text: 'ikev2_sa_responder: no proposal chosen', level: 'normal' },
  noCommonProposal: { text: 'ikev2_sa_negotiate_common: proposals_negotiate', level: 'normal' },
  noProposalInAuth: { text: 'ikev2_ike_auth_recv: no proposal chosen', level: 'normal' },
  noProposalInChild: { text: 'ikev2_resp_create_child_sa: no proposal chosen', level: 'normal' },
  noSpi: { text: 'sa_new: cannot create responder IKE SA w/o ispi', level: 'debug' },
  noNewSa: { text: 'ikev2_resp_create_child_sa: failed to get new SA', level: 'debug' },
  noProposalInAnswer: { text: 'ikev2_init_create_child_sa: no proposal chosen', level: 'normal' },
  nothingInAnswer: { text: 'ikev2_init_create_child_sa: no proposal specified', level: 'normal' },
  wantsGroup: { text: 'ikev2_sa_responder_dh: want dh {wanted}, KE has {got}', level: 'normal' },
  ikeFailed: { text: 'ikev2_resp_recv: failed to negotiate IKE SA', level: 'normal' },
  offered: { text: 'ikev2_log_proposal: {protocol} #{number} {type}={transform}', level: 'normal' },
  errorDone: { text: 'ikev2_add_error: done', level: 'debug' },
  error: { text: 'ikev2_add_error: {notify}', level: 'normal' },
  noKeys: { text: 'ikev2_init_auth: failed to get IKE keys', level: 'normal' },
});
