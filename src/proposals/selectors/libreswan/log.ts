/**
 * What pluto writes, as patterns: one table for writing and for reading.
 *
 * @see libreswan programs/pluto/ikev1_spdb_struct.c, ikev1_main.c, ikev2_proposals.c, packet.c, 4.3 to 5.2
 * @module
 */
import { type LogBook, type LogPattern, logBook } from '../../log-lines.ts';

const normal = <const Text extends string>(text: Text) => ({ text, level: 'normal' }) as const satisfies LogPattern;
const debug = <const Text extends string>(text: Text) => ({ text, level: 'debug' }) as const satisfies LogPattern;

/** The decoder's, alone or behind what it was at. */
const PACKET = {
  noRoom: normal('not enough room in input packet for {what} (remain={left}, sd->size={size})'),
  tooSmall: normal('{length}-byte {field} of {what} is smaller than minimum'),
  tooLarge: normal('{length}-byte {field} of {what} is larger than can fit'),
  unknownValue: normal('{field} of {what} has an unknown value: {value} (0x{hex})'),
  unknownBits: normal('bitset {field} of {what} has unknown member(s): {bits} (0x{value})'),
  cutOff: normal('not enough bytes left to get {field} from {what}'),
  cutOffCounted: normal('less than {count} bytes left to get {field} from {what}'),
} as const;

const PHASE1 = {
  malformedPayload: normal('malformed payload in packet'),
  publicValue: normal('KE has {octets} byte DH public value; {required} required'),
  corruptSa: normal('initial Main Mode message has corrupt SA payload: {fault}'),
  corruptSaAggressive: normal('initial Aggressive Mode message has corrupt SA payload: {fault}'),
  noConnection: normal('initial Main Mode message received but no connection has been authorized with authby={authby} and xauth={xauth}'),
  noConnectionOfPolicy: normal('initial Main Mode message received but no connection has been authorized with policy {policy}'),
  noConnectionAggressive: normal(
    'initial Aggressive Mode message from {peer} but no (wildcard) connection has been configured with authby {authby}',
  ),
  unsupportedDoi: normal('Unknown/unsupported DOI {doi}'),
  unsupportedSituation: normal('unsupported IPsec DOI situation ({situation})'),
  notAlone: normal('Proposal Payload must be alone in Oakley SA; found {payload} following Proposal'),
  wrongProtocol: normal('unexpected Protocol ID ({protocol}) found in Oakley Proposal'),
  spiSize: normal('invalid SPI size ({size}) in Oakley Proposal'),
  singleTransform: normal('a single Transform is required in a selecting Oakley Proposal; found {count}'),
  countDisagrees: normal('number of Transform Payloads disagrees with Oakley Proposal Payload'),
  notIncreasing: normal('Transform Numbers are not monotonically increasing in Oakley Proposal'),
  invalidTransform: normal('invalid transform: {fault}'),
  repeated: normal('repeated {attribute} attribute in Oakley Transform {transform}'),
  lifeTypeRepeated: normal('attribute OAKLEY_LIFE_TYPE value {value} repeated'),
  notSupported: normal('{algorithm} is not supported.  Attribute {attribute}'),
  groupNotSupported: normal('OAKLEY_GROUP {group} not supported.  Attribute {attribute}'),
  authNotSupported: normal('Pluto does not support {method} authentication.  Attribute {attribute}'),
  authNotAllowed: normal('policy does not allow {method} authentication.  Attribute {attribute}'),
  xauthNotAllowed: normal('policy does not allow Extended Authentication (XAUTH) of {whom} (we are {role}).  Attribute {attribute}'),
  xauthRsaNotAllowed: normal(
    'policy does not allow Extended Authentication (XAUTH) with RSA of {whom} (we are {role}).  Attribute {attribute}',
  ),
  xauthRequired: normal('policy mandates Extended Authentication (XAUTH) with {secret} of {whom} (we are {role}).  Attribute {attribute}'),
  noSecret: normal("Can't authenticate: no preshared key found for `{me}' and `{him}'.  Attribute {attribute}"),
  unknownLifeType: normal('unknown value {value}.  Attribute {attribute}'),
  durationFirst: normal('OAKLEY_LIFE_DURATION attribute not preceded by OAKLEY_LIFE_TYPE attribute.  Attribute {attribute}'),
  lifetimeCapped: normal('warning: peer requested IKE lifetime of {seconds} seconds which we capped at our limit of {limit} seconds'),
  keyLengthFirst: normal('OAKLEY_KEY_LENGTH attribute not preceded by OAKLEY_ENCRYPTION_ALGORITHM attribute.  Attribute {attribute}'),
  badKeyLength: normal('peer proposed key_len not valid for encrypt algo setup specified.  Attribute {attribute}'),
  unsupportedAttribute: normal('unsupported OAKLEY attribute.  Attribute {attribute}'),
  missing: normal('OAKLEY proposal refused: missing {what}'),
  refused: normal('Oakley Transform [{cipher} ({bits}), {prf}, {group}] refused'),
  missingMandatory: normal('missing mandatory attribute(s) {attributes} in Oakley Transform {transform}'),
  transformAccepted: debug('Oakley Transform {transform} accepted'),
  unexpectedPayload: normal('unexpected {payload} payload in Oakley Proposal'),
  noAcceptable: normal('no acceptable Oakley Transform'),
} as const;

const PHASE2 = {
  unsupportedDoi2: normal('Unknown or unsupported DOI {doi}'),
  cpiSize: normal('IPsec Proposal with improper CPI size ({size})'),
  cpiRange: normal('IPsec Proposal contains CPI from non-negotiated range (0x{cpi})'),
  ipsecSpiSize: normal('IPsec Proposal with improper SPI size ({size})'),
  invalidSpi: normal('IPsec Proposal contains invalid SPI (0x{spi})'),
  noTransforms: normal('IPsec Proposal contains no Transforms (skipped)'),
  twoOfOne: normal('IPsec SA contains two simultaneous {protocol} Proposals'),
  ipsecProtocol: normal('unexpected Protocol ID ({protocol}) in IPsec Proposal'),
  unexpectedInProposal: normal('unexpected in Proposal: {payload}'),
  ipsecNotIncreasing: normal('Transform Numbers in Proposal are not monotonically increasing'),
  moreTransforms: normal('Proposal Payload has more Transforms than specified'),
  fewerTransforms: normal('Proposal Payload has fewer Transforms than specified'),
  expectingTransform: normal('expecting Transform Payload, but found {payload} in Proposal'),
  ipsecRepeated: normal('repeated {attribute} attribute in IPsec Transform {transform}'),
  invalidValue: normal('invalid value {value} for attribute {attribute} in IPsec Transform'),
  saLifeTypeRepeated: normal('attribute SA_LIFE_TYPE value {value} repeated in message'),
  lifeTypeTwice: normal('IPsec attribute SA_LIFE_TYPE with value {value} was repeated in message'),
  lifeTypeOpen: normal('IPsec attribute SA_LIFE_TYPE with value {value} was not followed by SA_LIFE_DURATION attribute'),
  lifeTypeUnknown: normal('IPsec attribute SA_LIFE_TYPE with value {value} unrecognized'),
  saDurationFirst: normal('SA_LIFE_DURATION IPsec attribute not preceded by SA_LIFE_TYPE attribute'),
  durationWithoutType: normal('IPsec attribute SA_LIFE_DURATION not preceded by SA_LIFE_TYPE attribute'),
  groupInIpcomp: normal('IPCA (IPcomp SA) contains GROUP_DESCRIPTION.  Ignoring inappropriate attribute.'),
  pfsGroup: normal('OAKLEY_GROUP {group} not supported for PFS'),
  modeUnknown: normal('IPsec attribute ENCAPSULATION_MODE value {value} unrecognized'),
  integrityNotSupported: normal('IKEv1 {protocol} integrity algorithm {algorithm} not supported'),
  keyWithoutCipher: normal('IKEv1 key-length attribute without encryption algorithm'),
  unsupportedIpsecAttribute: normal('unsupported IPsec attribute {attribute}'),
  notForIpcomp: normal('IPsec attribute {attribute} inappropriate for IPCOMP'),
  groupInconsistent: normal('GROUP_DESCRIPTION inconsistent with that of {other} in IPsec SA'),
  modeMissing: normal('IPsec Transform must specify ENCAPSULATION_MODE'),
  keyLengthMissing: normal('IPsec encryption transform {cipher} did not specify required KEY_LENGTH attribute'),
  ahWithoutAuth: normal('AUTH_ALGORITHM attribute missing in AH Transform'),
  unsupportedCipher: normal('unsupported IPsec encryption algorithm {cipher}'),
  unsupportedIpcomp: normal('unsupported IPsec IPcomp algorithm {algorithm}'),
  inappropriate: normal('{integrity} attribute inappropriate in {transform} Transform'),
  ahRefused: normal('AH IPsec Transform refused: {integrity}'),
  ahIgnored: debug('ignoring AH proposal with unknown integrity'),
  espUnset: debug('ignoring ESP proposal as POLICY_ENCRYPT unset'),
  ahUnset: debug('ignoring AH proposal as POLICY_AUTHENTICATE unset'),
  espUnknownCipher: debug('ignoring ESP proposal with NULLed or unknown encryption'),
  espNotInKernel: debug('ignoring ESP proposal with alg {cipher} not present in kernel'),
  espUnknownIntegrity: debug('ignoring ESP proposal with unknown integrity'),
  espNeedsAuth: debug('ESP from {peer} must either have AUTH or be combined with AH'),
  modesDisagree: normal('Skipped bogus proposal where AH and ESP transforms disagree about mode'),
  needsEncryption: debug('policy requires encryption but ESP not in Proposal from {peer}'),
  needsAuthentication: debug('policy requires authentication but none in proposal from {peer}'),
  compressionForbidden: normal('compression proposed by {peer}, but policy for "{connection}" forbids it'),
  bareIpcomp: normal('illegal proposal: bare IPCOMP used with well-known CPI {algorithm}'),
  cpiDisagrees: normal('illegal proposal: IPCOMP well-known CPI {cpi} disagrees with transform {algorithm}'),
  noAcceptableProposal: normal('no acceptable Proposal in IPsec SA'),
  keMissing: normal('missing KE payload in {message} message'),
  keWithoutGroup: normal('{message} message KE payload requires a GROUP_DESCRIPTION attribute in SA'),
  pfsRequired: normal('we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION'),
} as const;

const IKEV2 = {
  malformed: normal('malformed payload in packet{fault}'),
  proposalCorrupt: normal('proposal {number} corrupt{fault}'),
  spiCorrupt: normal('proposal {number} contains corrupt SPI{fault}'),
  transformCorrupt: normal('remote proposal {number} transform {index} is corrupt{fault}'),
  attributeCorrupt: normal('remote proposal {number} transform {index} contains corrupt attribute{fault}'),
  mixedIntegrity: normal("remote proposal {number} transform {index} has more than 'none' integrity {first} {other}"),
  tooMany: normal('Error: more than one accepted proposal received.'),
  invalidAccepted: normal('Error: invalid accepted proposal.'),
  proposalNumber: normal('proposal number was {number} but {expected} expected'),
  unexpectedProtocol: normal('proposal {number} has unexpected Protocol ID {protocol}; expected {expected}'),
  ikev2SpiSize: normal('proposal {number} has incorrect SPI size ({size}), expected {expected}; ignored'),
  unmatched: debug('remote proposal {number} proposed transforms: {proposed}; matched: {matched}; unmatched: {unmatched}'),
  partial: normal('partial list of remote proposals: {proposals}'),
  acceptedInvalid: normal('remote accepted the invalid proposal {proposals}'),
  noMatch: normal('no local proposal matches remote proposals {proposals}'),
  chosen: normal('proposal {chosen} chosen from remote proposals {proposals}'),
  accepted: debug('remote accepted the proposal {proposals}'),
  transitionFailed: normal("state transition 'Respond to IKE_SA_INIT' failed"),
  wrongGroup: normal('initiator guessed wrong keying material group ({group}); responding with INVALID_KE_PAYLOAD requesting {wanted}'),
} as const;

const BOOK = { ...PACKET, ...PHASE1, ...PHASE2, ...IKEV2 } as const;

/** pluto's vocabulary for proposals. */
export const book: LogBook<typeof BOOK> = logBook(BOOK);
