/**
 * What charon writes about proposals. With its default settings level 1 is written: `normal` here.
 *
 * @see strongSwan proposal.c, sa_payload.c, proposal_substructure.c, message.c, ike_init.c, child_create.c, main_mode.c, aggressive_mode.c, quick_mode.c
 * @module
 */
import { logBook } from '../../log-lines.ts';

/** charon's vocabulary. Where a release has other words, the older ones stand under `…5`. */
export const LOG = logBook({
  selecting: { text: 'selecting proposal:', level: 'debug' },
  protocolMismatch: { text: '  protocol mismatch, skipping', level: 'debug' },
  nothingFound: { text: '  no acceptable {type} found', level: 'debug' },
  matches: { text: '  proposal matches', level: 'debug' },
  privateSkipped: {
    text: 'an algorithm from private space would match, but peer implementation is unknown, skipped',
    level: 'normal',
  },
  received: { text: 'received proposals: {proposals}', level: 'normal' },
  configured: { text: 'configured proposals: {proposals}', level: 'normal' },
  receivedOnSuccess: { text: 'received proposals: {proposals}', level: 'debug' },
  configuredOnSuccess: { text: 'configured proposals: {proposals}', level: 'debug' },
  selected: { text: 'selected proposal: {proposal}', level: 'normal' },
  unacceptable: { text: 'received proposals unacceptable', level: 'normal' },
  noAcceptable: { text: 'no acceptable proposal found', level: 'normal' },
  noneFound: { text: 'no proposal found', level: 'normal' },
  noMatchingSending: { text: 'no matching proposal found, sending NO_PROPOSAL_CHOSEN', level: 'normal' },
  noMatching: { text: 'no matching proposal found', level: 'normal' },
  groupUnacceptable: { text: 'key exchange method {offered} unacceptable, requesting {wanted}', level: 'normal' },
  groupUnacceptable5: { text: 'DH group {offered} unacceptable, requesting {wanted}', level: 'normal' },
  ignoringKe: { text: 'ignoring KE payload, agreed on a non-PFS proposal', level: 'normal' },
  ignoringKe5: { text: 'ignoring KE exchange, agreed on a non-PFS proposal', level: 'normal' },
  noIntermediate: {
    text: "peer didn't send INTERMEDIATE_EXCHANGE_SUPPORTED while proposing multiple key exchanges",
    level: 'normal',
  },
  answerNoIntermediate: {
    text: "peer didn't send INTERMEDIATE_EXCHANGE_SUPPORTED while accepting multiple key exchanges",
    level: 'normal',
  },
  answerInvalid: { text: "peer's proposal selection invalid", level: 'normal' },
  answerInvalid5: { text: 'peers proposal selection invalid', level: 'normal' },
  answerGroup: { text: "peer's key exchange method selection invalid", level: 'normal' },
  answerGroup5: { text: 'peer DH group selection invalid', level: 'normal' },
  aggressivePsk: { text: 'Aggressive Mode PSK disabled for security reasons', level: 'normal' },
  groupNotSupported: { text: 'negotiated DH group not supported', level: 'normal' },
  groupNotSupportedChild: { text: 'negotiated DH group {group} not supported', level: 'normal' },
  keNotInSubgroup: { text: 'public DH value verification failed: y ^ q mod p != 1', level: 'normal' },
  cipherNotSupported: { text: 'ENCRYPTION_ALGORITHM {cipher} (key size {keyBits}) not supported!', level: 'normal' },
  noNonceSize: { text: 'nonce size for {cipher} unknown!', level: 'normal' },
  derivationFailed: { text: 'key derivation failed', level: 'normal' },
  packetDiscarded: { text: 'receive buffer too small, packet discarded', level: 'normal' },
  noneAllows: {
    text: 'found {count} matching config, but none allows {method} authentication using Aggressive Mode',
    level: 'normal',
  },
  keMissing: { text: 'KE payload missing', level: 'normal' },
  keMissingInMessage: { text: 'KE payload missing in message', level: 'normal' },
  keNotApplied: { text: 'unable to apply received KE value', level: 'normal' },
  noChildConfig: { text: 'no matching CHILD_SA config found for {theirs} === {ours}', level: 'normal' },
  otherLifetime: { text: 'received lifetime {received}s does not match configured lifetime {configured}s', level: 'normal' },
  otherMethod: {
    text: 'received {received} authentication, but configured {configured}, continue with configured',
    level: 'normal',
  },
  childLifetime: { text: 'received {received}s lifetime, configured {configured}s', level: 'normal' },
  childLifebytes: { text: 'received {received} lifebytes, configured {configured}', level: 'normal' },
  numberSmaller: { text: 'proposal number smaller than previous', level: 'normal' },
  inconsistentNext: { text: 'inconsistent next payload', level: 'normal' },
  countInvalid: { text: 'transform count invalid', level: 'normal' },
  cpiLength: { text: 'invalid CPI length in IPCOMP proposal', level: 'normal' },
  spiLength: { text: 'invalid SPI length in {protocol} proposal', level: 'normal' },
  transformNotVerified: { text: 'TRANSFORM_SUBSTRUCTURE verification failed', level: 'normal' },
  proposalNotVerified: { text: 'PROPOSAL_SUBSTRUCTURE verification failed', level: 'normal' },
  notVerified: { text: '{payload} payload verification failed', level: 'normal' },
  notParsed: { text: 'payload type {payload} could not be parsed', level: 'normal' },
  payloadMissing: { text: 'payload of type {payload} not occurred 1 times (0)', level: 'normal' },
  parsingFailed: { text: 'message parsing failed', level: 'normal' },
  verificationFailed: { text: 'message verification failed', level: 'normal' },
  processingFailed: { text: '{exchange} {direction} with message ID {id} processing failed', level: 'normal' },
});
