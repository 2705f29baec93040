/**
 * What Pluto writes into its log, as data: one pattern both writes the line and recognises it.
 *
 * Rule 1: the words are Pluto's, its slips of the pen included.
 * Rule 2: a pattern that is a special case of another stands before it, so that the first that fits is the right one.
 *
 * The family's later members write the same lines and some of their own: theirs are here too, behind their names.
 *
 * @see FreeS/WAN 2.0x `spdb.c`, `packet.c`, `ipsec_doi.c`, `demux.c`
 * @module
 */
import { logBook } from '../../log-lines.ts';

/** Before the selector: the header of a message and its payloads. */
const GATE = {
  wrongSize: { text: 'size ({size}) differs from size specified in ISAKMP HDR ({length})', level: 'normal' },
  noSuchSa: { text: '{exchange} message is for a non-existent (expired?) ISAKMP SA', level: 'normal' },
  unsupportedExchange: { text: 'unsupported exchange type {exchange} in message', level: 'normal' },
  messageIdNotZero: { text: 'Message ID was 0x{id} but should be zero in Main Mode', level: 'normal' },
  noInitiatorCookie: { text: 'Initiator Cookie must not be zero in Main Mode message', level: 'normal' },
  unknownExchange: { text: 'Main Mode message is part of an unknown exchange', level: 'normal' },
  encryptedTooEarly: { text: 'initial Main Mode message is invalid: its Encrypted Flag is on', level: 'normal' },
  commitIgnored: {
    text: "IKE message has the Commit Flag set but Pluto doesn't implement this feature; ignoring flag",
    level: 'normal',
  },
  tooManyPayloads: { text: 'more than {limit} payloads in message; ignored', level: 'normal' },
  unknownPayload: {
    text: 'message ignored because it contains an unknown or unexpected payload type ({payload}) at the outermost level',
    level: 'normal',
  },
  unexpectedPayload: { text: 'message ignored because it contains an unexpected payload type ({payload})', level: 'normal' },
  malformedPayload: { text: 'malformed payload in packet', level: 'normal' },
  saNotFirst: { text: 'malformed Phase 1 message: does not start with an SA payload', level: 'normal' },
  missingPayloads: { text: 'message for {state} is missing payloads {payloads}', level: 'normal' },
  vendorId: { text: 'received Vendor ID Payload; ASCII hash: {id}', level: 'normal' },
  notifyIgnored: { text: 'ignoring informational payload, type {type}', level: 'normal' },
  retransmitting: { text: 'retransmitting in response to duplicate packet', level: 'normal' },
  discarding: { text: 'discarding packet', level: 'normal' },
  responding: { text: 'responding to Main Mode', level: 'normal' },
} as const;

/** Fixed headers, field by field. */
const HEADERS = {
  noRoom: { text: 'not enough room in input packet for {structure}', level: 'normal' },
  notZero: { text: 'byte {byte} of {structure} must be zero, but is not', level: 'normal' },
  tooSmall: { text: '{field} of {structure} is smaller than minimum', level: 'normal' },
  tooLarge: { text: '{field} of {structure} is larger than can fit', level: 'normal' },
  unknownValue: { text: '{field} of {structure} has an unknown value: {value}', level: 'normal' },
  unknownInValue: { text: '{field} of {structure} has an unknown in value: {value}', level: 'normal' },
  unknownBits: { text: 'bitset {field} of {structure} has unknown member(s): {members}', level: 'normal' },
  tooFewBytes: { text: 'not enough bytes left to get {what} from {structure}', level: 'normal' },
} as const;

const SITUATION = {
  wrongDoi1: { text: 'Unknown/unsupported DOI {doi}', level: 'normal' },
  wrongDoi2: { text: 'Unknown or unsupported DOI {doi}', level: 'normal' },
  wrongSituation: { text: 'unsupported IPsec DOI situation ({situation})', level: 'normal' },
} as const;

const PHASE1 = {
  proposalNotAlone: { text: 'Proposal Payload must be alone in Oakley SA; found {payload} following Proposal', level: 'normal' },
  notIsakmp: { text: 'unexpected Protocol ID ({protocol}) found in Oakley Proposal', level: 'normal' },
  oakleySpiSize: { text: 'invalid SPI size ({size}) in Oakley Proposal', level: 'normal' },
  notSingle: { text: 'a single Transform is required in a selecting Oakley Proposal; found {count}', level: 'normal' },
  countDisagrees: { text: 'number of Transform Payloads disagrees with Oakley Proposal Payload', level: 'normal' },
  oakleyNumbers: { text: 'Transform Numbers are not monotonically increasing in Oakley Proposal', level: 'normal' },
  accepted: { text: 'Oakley Transform {number} accepted', level: 'debug' },
  unacceptable: { text: 'Oakley Transform {number} unacceptable', level: 'debug' },
  // The next payload that it names is the proposal's, which is always none.
  unexpectedPayloadInProposal: { text: 'unexpected {payload} payload in Oakley Proposal', level: 'normal' },
  noTransform: { text: 'no acceptable Oakley Transform', level: 'normal' },
  oakleyRepeated: { text: 'repeated {attribute} attribute in Oakley Transform {number}', level: 'normal' },
  missing: { text: 'missing mandatory attribute(s) {attributes} in Oakley Transform {number}', level: 'normal' },
  oakleyInvalid: { text: 'invalid value {value} for attribute {attribute} in Oakley Transform', level: 'normal' },
  lifeTypeRepeated: { text: 'attribute OAKLEY_LIFE_TYPE value {value} repeated', level: 'normal' },
  lifeReduced: { text: 'lifetime reduced to {limit} seconds (todo: IPSEC_RESPONDER_LIFETIME notification)', level: 'normal' },
  insecure: { text: 'You should NOT use insecure IKE algorithms ({cipher})!', level: 'normal' },
  transformRefused: { text: 'Oakley Transform [{cipher} ({keyBits}), {hash}, {group}] refused due to {why}', level: 'normal' },
} as const;

/** Values of phase 1 that refuse their transform: the complaint, two blanks, the attribute. */
const VALUES = {
  psKeyMissing: {
    text: "Can't authenticate: no preshared key found for `{ours}' and `{peers}'.  Attribute {attribute}",
    level: 'normal',
  },
  authNotAllowed: { text: 'policy does not allow {method} authentication.  Attribute {attribute}', level: 'normal' },
  xauthNotAllowed: {
    text: 'policy does not allow Extended Authentication (XAUTH){with} of {whose} (we are {role}).  Attribute {attribute}',
    level: 'normal',
  },
  xauthMandated: {
    text: 'policy mandates Extended Authentication (XAUTH) with {method} of {whose} (we are {role}).  Attribute {attribute}',
    level: 'normal',
  },
  authUnknown: { text: 'Pluto does not support {method} authentication.  Attribute {attribute}', level: 'normal' },
  onlyGroups: { text: 'only {groups} supported.  Attribute {attribute}', level: 'normal' },
  groupNotSupported: { text: 'OAKLEY_GROUP {group} not supported.  Attribute {attribute}', level: 'normal' },
  unsupportedAttribute: { text: 'unsupported OAKLEY attribute.  Attribute {attribute}', level: 'normal' },
  unknownLifeType: { text: 'unknown value {value}.  Attribute {attribute}', level: 'normal' },
  durationWithoutType: {
    text: 'OAKLEY_LIFE_DURATION attribute not preceded by OAKLEY_LIFE_TYPE attribute.  Attribute {attribute}',
    level: 'normal',
  },
  lifeTooLong: {
    text: 'peer requested {seconds} seconds which exceeds our limit {limit} seconds.  Attribute {attribute}',
    level: 'normal',
  },
  keyLengthWithoutCipher: {
    text: 'OAKLEY_KEY_LENGTH attribute not preceded by OAKLEY_ENCRYPTION_ALGORITHM attribute.  Attribute {attribute}',
    level: 'normal',
  },
  keyLengthInvalid: {
    text: 'peer proposed key_len not valid for encrypt algo setup specified.  Attribute {attribute}',
    level: 'normal',
  },
  keyLengthNotValid: {
    text: 'peer proposed key length not valid for encryption algorithm specified.  Attribute {attribute}',
    level: 'normal',
  },
  cipherNotFound: { text: 'encrypt algo not found.  Attribute {attribute}', level: 'normal' },
  notSupported: { text: '{value} is not supported.  Attribute {attribute}', level: 'normal' },
  lifeLong: { text: 'peer requested {seconds} seconds which exceeds our limit {limit} seconds', level: 'normal' },
} as const;

/** The proposals of phase 2. */
const PROPOSALS = {
  cpiSize: { text: 'IPsec Proposal with improper CPI size ({size})', level: 'normal' },
  cpiRange: { text: 'IPsec Proposal contains CPI from non-negotiated range (0x{cpi})', level: 'normal' },
  spiSize: { text: 'IPsec Proposal with improper SPI size ({size})', level: 'normal' },
  spiReserved: { text: 'IPsec Proposal contains invalid SPI (0x{spi})', level: 'normal' },
  transformsSkipped: { text: 'IPsec Proposal contains no Transforms (skipped)', level: 'normal' },
  noTransforms: { text: 'IPsec Proposal contains no Transforms', level: 'normal' },
  simultaneous: { text: 'IPsec SA contains two simultaneous {protocol} Proposals', level: 'normal' },
  unexpectedProtocol: { text: 'unexpected Protocol ID ({protocol}) in IPsec Proposal', level: 'normal' },
  unexpectedInProposal: { text: 'unexpected in Proposal: {payload}', level: 'normal' },
  noProposal: { text: 'no acceptable Proposal in IPsec SA', level: 'normal' },
  requiresEncryption: { text: 'policy for "{connection}" requires encryption but ESP not in Proposal from {peer}', level: 'debug' },
  requiresAuthentication: {
    text: 'policy for "{connection}" requires authentication but none in Proposal from {peer}',
    level: 'debug',
  },
  compressionForbidden: { text: 'compression proposed by {peer}, but policy for "{connection}" forbids it', level: 'normal' },
  compressionImpossible: { text: 'compression proposed by {peer}, but KLIPS is not configured with IPCOMP', level: 'normal' },
  bareIpcomp: { text: 'illegal proposal: bare IPCOMP used with well-known CPI', level: 'normal' },
  wrongWellKnownCpi: { text: 'illegal proposal: IPCOMP well-known CPI disagrees with transform', level: 'normal' },
  encapsulationDisagrees: { text: '{one} and {other} transforms disagree about encapsulation; TUNNEL presumed', level: 'debug' },
  compressing: { text: 'using {method} compression', level: 'normal' },
} as const;

/** One transform of phase 2. */
const TRANSFORMS = {
  numbers: { text: 'Transform Numbers in Proposal are not monotonically increasing', level: 'normal' },
  moreTransforms: { text: 'Proposal Payload has more Transforms than specified', level: 'normal' },
  fewerTransforms: { text: 'Proposal Payload has fewer Transforms than specified', level: 'normal' },
  notTransform: { text: 'expecting Transform Payload, but found {payload} in Proposal', level: 'normal' },
  repeated: { text: 'repeated {attribute} attribute in IPsec Transform {number}', level: 'normal' },
  invalid: { text: 'invalid value {value} for attribute {attribute} in IPsec Transform', level: 'normal' },
  lifeRepeated: { text: 'attribute SA_LIFE_TYPE value {value} repeated in message', level: 'normal' },
  invalidLifeType: { text: 'invalid life type: {type}', level: 'normal' },
  inappropriate: { text: 'IPsec attribute {attribute} inappropriate for IPCOMP', level: 'normal' },
  unsupported: { text: 'unsupported IPsec attribute {attribute}', level: 'normal' },
  onlyPfsGroups: { text: 'only {groups} supported for PFS', level: 'normal' },
  pfsGroupNotSupported: { text: 'OAKLEY_GROUP {group} not supported for PFS', level: 'normal' },
  /** Sic. */
  groupInIpcomp: {
    text: 'IPCA (IPcomp SA) contains GROUP_DESCRIPTION.  Ignoring inapproprate attribute.',
    level: 'normal',
  },
  groupInconsistent: { text: 'GROUP_DESCRIPTION inconsistent with that of {other} in IPsec SA', level: 'normal' },
  noEncapsulation: { text: 'IPsec Transform must specify ENCAPSULATION_MODE', level: 'normal' },
  transportDisabled: { text: 'NAT-Traversal: Transport mode disabled due to security concerns', level: 'normal' },
  needsNat: { text: '{mode} must only be used if NAT-Traversal is detected', level: 'normal' },
  ahAuthMissing: { text: 'AUTH_ALGORITHM attribute missing in AH Transform', level: 'normal' },
  ahInappropriate: { text: '{auth} attribute inappropriate in {transform} Transform', level: 'normal' },
  ahUnsupported: { text: '{auth} attribute unsupported in {transform} Transform from {peer}', level: 'debug' },
  espUnsupported: { text: 'unsupported ESP Transform {transform} from {peer}', level: 'debug' },
  espWithoutAuth: { text: 'ESP from {peer} must either have AUTH or be combined with AH', level: 'debug' },
  espAuthUnsupported: { text: 'unsupported ESP auth alg {auth} from {peer}', level: 'debug' },
  ipcompUnsupported: { text: 'unsupported IPCOMP Transform {transform} from {peer}', level: 'debug' },
  keyRange: {
    text: '{function}() key_len not in range: alg_id={id}, key_len={keyBits}, alg_minbits={least}, alg_maxbits={most}',
    level: 'normal',
  },
  oakleyKeyRange: {
    text: '{function}(): key_len not in range: encalg={id}, key_len={keyBits}, keyminlen={least}, keymaxlen={most}',
    level: 'normal',
  },
  notInAlgInfo: {
    text: '{function}() strict flag and algo not in alg_info: alg_id={id}, key_len={keyBits}, alg_minbits={least}, alg_maxbits={most}',
    level: 'normal',
  },
  notInTransformString: {
    text: '{function}(): strict flag and encrypt algorithm not in transform string list: ealg={id}, key_len={keyBits}, keyminbits={least}, keymaxbits={most}',
    level: 'normal',
  },
  insecureEsp: { text: 'You should NOT use insecure ESP algorithms [{cipher} ({keyBits})]!', level: 'normal' },
  ipsecTransformRefused: { text: 'IPSec Transform [{cipher} ({keyBits}), {auth}] refused due to {why}', level: 'normal' },
} as const;

/** Behind the selector: perfect forward secrecy. */
const PFS = {
  pfsRequired: { text: 'we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION', level: 'normal' },
  keMissing: { text: 'missing KE payload in Quick Mode I1 message', level: 'normal' },
  keWithoutGroup: { text: 'Quick Mode I1 message KE payload requires a GROUP_DESCRIPTION attribute in SA', level: 'normal' },
  keLength: { text: 'KE has {length} byte DH public value; {required} required', level: 'normal' },
} as const;

/** Pluto's vocabulary. */
export const PLUTO = logBook({
  ...GATE,
  ...HEADERS,
  ...SITUATION,
  ...PHASE1,
  ...VALUES,
  ...PROPOSALS,
  ...TRANSFORMS,
  ...PFS,
});
