/**
 * The numbers of IKE messages, as data: exchanges, payloads, notifies, protocols, identities, flags.
 *
 * Rule 1: a number off the wire stays a number; these tables only hang names on it.
 * Rule 2: transform types and algorithms are not here but in the registry of `src/proposals`.
 *
 * @see https://www.iana.org/assignments/isakmp-registry, https://www.iana.org/assignments/ikev2-parameters
 * @module
 */

/** The major version of a message. */
export type Version = 1 | 2;

/** A number, its registered name, and where that was defined. */
export interface NumberRow {
  readonly number: number;
  readonly name: string;
  readonly ref: string;
}

/** One table per version. */
export type VersionTables = Readonly<Record<Version, readonly NumberRow[]>>;

/** Exchange types. @see RFC 2408 §3.1, RFC 7296 §3.1 */
export const EXCHANGES: VersionTables = {
  1: [
    { number: 0, name: 'NONE', ref: 'RFC 2408' },
    { number: 1, name: 'Base', ref: 'RFC 2408' },
    { number: 2, name: 'Identity Protection', ref: 'RFC 2408' },
    { number: 3, name: 'Authentication Only', ref: 'RFC 2408' },
    { number: 4, name: 'Aggressive', ref: 'RFC 2408' },
    { number: 5, name: 'Informational', ref: 'RFC 2408' },
    { number: 6, name: 'Transaction', ref: 'draft-dukes-ike-mode-cfg' },
    { number: 32, name: 'Quick Mode', ref: 'RFC 2409' },
    { number: 33, name: 'New Group Mode', ref: 'RFC 2409' },
  ],
  2: [
    { number: 34, name: 'IKE_SA_INIT', ref: 'RFC 7296' },
    { number: 35, name: 'IKE_AUTH', ref: 'RFC 7296' },
    { number: 36, name: 'CREATE_CHILD_SA', ref: 'RFC 7296' },
    { number: 37, name: 'INFORMATIONAL', ref: 'RFC 7296' },
    { number: 38, name: 'IKE_SESSION_RESUME', ref: 'RFC 5723' },
    { number: 39, name: 'GSA_AUTH', ref: 'RFC 9838' },
    { number: 40, name: 'GSA_REGISTRATION', ref: 'RFC 9838' },
    { number: 41, name: 'GSA_REKEY', ref: 'RFC 9838' },
    { number: 42, name: 'GSA_INBAND_REKEY', ref: 'RFC 9838' },
    { number: 43, name: 'IKE_INTERMEDIATE', ref: 'RFC 9242' },
    { number: 44, name: 'IKE_FOLLOWUP_KE', ref: 'RFC 9370' },
  ],
};

/** Payload types. @see RFC 2408 §3.1, RFC 7296 §3.2 */
export const PAYLOADS: VersionTables = {
  1: [
    { number: 0, name: 'NONE', ref: 'RFC 2408' },
    { number: 1, name: 'Security Association', ref: 'RFC 2408' },
    { number: 2, name: 'Proposal', ref: 'RFC 2408' },
    { number: 3, name: 'Transform', ref: 'RFC 2408' },
    { number: 4, name: 'Key Exchange', ref: 'RFC 2408' },
    { number: 5, name: 'Identification', ref: 'RFC 2408' },
    { number: 6, name: 'Certificate', ref: 'RFC 2408' },
    { number: 7, name: 'Certificate Request', ref: 'RFC 2408' },
    { number: 8, name: 'Hash', ref: 'RFC 2408' },
    { number: 9, name: 'Signature', ref: 'RFC 2408' },
    { number: 10, name: 'Nonce', ref: 'RFC 2408' },
    { number: 11, name: 'Notification', ref: 'RFC 2408' },
    { number: 12, name: 'Delete', ref: 'RFC 2408' },
    { number: 13, name: 'Vendor ID', ref: 'RFC 2408' },
    { number: 14, name: 'Attributes', ref: 'draft-dukes-ike-mode-cfg' },
    { number: 15, name: 'SA KEK', ref: 'RFC 6407' },
    { number: 16, name: 'SA TEK', ref: 'RFC 6407' },
    { number: 17, name: 'Key Download', ref: 'RFC 6407' },
    { number: 18, name: 'Sequence Number', ref: 'RFC 6407' },
    { number: 19, name: 'Proof of Possession', ref: 'RFC 6407' },
    { number: 20, name: 'NAT Discovery', ref: 'RFC 3947' },
    { number: 21, name: 'NAT Original Address', ref: 'RFC 3947' },
    { number: 22, name: 'Group Associated Policy', ref: 'RFC 6407' },
    { number: 130, name: 'NAT Discovery (drafts)', ref: 'draft-ietf-ipsec-nat-t-ike-01..03' },
    { number: 131, name: 'NAT Original Address (drafts)', ref: 'draft-ietf-ipsec-nat-t-ike-01..03' },
    { number: 132, name: 'IKE Fragment', ref: 'vendor (Cisco/Microsoft)' },
  ],
  2: [
    { number: 0, name: 'No Next Payload', ref: 'RFC 7296' },
    { number: 33, name: 'Security Association', ref: 'RFC 7296' },
    { number: 34, name: 'Key Exchange', ref: 'RFC 7296' },
    { number: 35, name: 'Identification - Initiator', ref: 'RFC 7296' },
    { number: 36, name: 'Identification - Responder', ref: 'RFC 7296' },
    { number: 37, name: 'Certificate', ref: 'RFC 7296' },
    { number: 38, name: 'Certificate Request', ref: 'RFC 7296' },
    { number: 39, name: 'Authentication', ref: 'RFC 7296' },
    { number: 40, name: 'Nonce', ref: 'RFC 7296' },
    { number: 41, name: 'Notify', ref: 'RFC 7296' },
    { number: 42, name: 'Delete', ref: 'RFC 7296' },
    { number: 43, name: 'Vendor ID', ref: 'RFC 7296' },
    { number: 44, name: 'Traffic Selector - Initiator', ref: 'RFC 7296' },
    { number: 45, name: 'Traffic Selector - Responder', ref: 'RFC 7296' },
    { number: 46, name: 'Encrypted and Authenticated', ref: 'RFC 7296' },
    { number: 47, name: 'Configuration', ref: 'RFC 7296' },
    { number: 48, name: 'Extensible Authentication', ref: 'RFC 7296' },
    { number: 49, name: 'Generic Secure Password Method', ref: 'RFC 6467' },
    { number: 50, name: 'Group Identification', ref: 'RFC 9838' },
    { number: 51, name: 'Group Security Association', ref: 'RFC 9838' },
    { number: 52, name: 'Key Download', ref: 'RFC 9838' },
    { number: 53, name: 'Encrypted and Authenticated Fragment', ref: 'RFC 7383' },
    { number: 54, name: 'Puzzle Solution', ref: 'RFC 8019' },
  ],
};

/** Notify message types: errors below 16384, statuses from there on. @see RFC 2408 §3.14.1, RFC 7296 §3.10.1 */
export const NOTIFIES: VersionTables = {
  1: [
    { number: 1, name: 'INVALID-PAYLOAD-TYPE', ref: 'RFC 2408' },
    { number: 2, name: 'DOI-NOT-SUPPORTED', ref: 'RFC 2408' },
    { number: 3, name: 'SITUATION-NOT-SUPPORTED', ref: 'RFC 2408' },
    { number: 4, name: 'INVALID-COOKIE', ref: 'RFC 2408' },
    { number: 5, name: 'INVALID-MAJOR-VERSION', ref: 'RFC 2408' },
    { number: 6, name: 'INVALID-MINOR-VERSION', ref: 'RFC 2408' },
    { number: 7, name: 'INVALID-EXCHANGE-TYPE', ref: 'RFC 2408' },
    { number: 8, name: 'INVALID-FLAGS', ref: 'RFC 2408' },
    { number: 9, name: 'INVALID-MESSAGE-ID', ref: 'RFC 2408' },
    { number: 10, name: 'INVALID-PROTOCOL-ID', ref: 'RFC 2408' },
    { number: 11, name: 'INVALID-SPI', ref: 'RFC 2408' },
    { number: 12, name: 'INVALID-TRANSFORM-ID', ref: 'RFC 2408' },
    { number: 13, name: 'ATTRIBUTES-NOT-SUPPORTED', ref: 'RFC 2408' },
    { number: 14, name: 'NO-PROPOSAL-CHOSEN', ref: 'RFC 2408' },
    { number: 15, name: 'BAD-PROPOSAL-SYNTAX', ref: 'RFC 2408' },
    { number: 16, name: 'PAYLOAD-MALFORMED', ref: 'RFC 2408' },
    { number: 17, name: 'INVALID-KEY-INFORMATION', ref: 'RFC 2408' },
    { number: 18, name: 'INVALID-ID-INFORMATION', ref: 'RFC 2408' },
    { number: 19, name: 'INVALID-CERT-ENCODING', ref: 'RFC 2408' },
    { number: 20, name: 'INVALID-CERTIFICATE', ref: 'RFC 2408' },
    { number: 21, name: 'CERT-TYPE-UNSUPPORTED', ref: 'RFC 2408' },
    { number: 22, name: 'INVALID-CERT-AUTHORITY', ref: 'RFC 2408' },
    { number: 23, name: 'INVALID-HASH-INFORMATION', ref: 'RFC 2408' },
    { number: 24, name: 'AUTHENTICATION-FAILED', ref: 'RFC 2408' },
    { number: 25, name: 'INVALID-SIGNATURE', ref: 'RFC 2408' },
    { number: 26, name: 'ADDRESS-NOTIFICATION', ref: 'RFC 2408' },
    { number: 27, name: 'NOTIFY-SA-LIFETIME', ref: 'RFC 2408' },
    { number: 28, name: 'CERTIFICATE-UNAVAILABLE', ref: 'RFC 2408' },
    { number: 29, name: 'UNSUPPORTED-EXCHANGE-TYPE', ref: 'RFC 2408' },
    { number: 30, name: 'UNEQUAL-PAYLOAD-LENGTHS', ref: 'RFC 2408' },
    { number: 9101, name: 'Check Point private', ref: 'Check Point' },
    { number: 9110, name: 'Check Point private', ref: 'Check Point' },
    { number: 16384, name: 'CONNECTED', ref: 'RFC 2408' },
    { number: 24576, name: 'RESPONDER-LIFETIME', ref: 'RFC 2407' },
    { number: 24577, name: 'REPLAY-STATUS', ref: 'RFC 2407' },
    { number: 24578, name: 'INITIAL-CONTACT', ref: 'RFC 2407' },
    { number: 30000, name: 'Cisco private', ref: 'Cisco' },
    { number: 30001, name: 'Cisco private', ref: 'Cisco' },
    { number: 30002, name: 'Cisco private', ref: 'Cisco' },
    { number: 32768, name: 'IOS keepalive request (private)', ref: 'Cisco' },
    { number: 32769, name: 'IOS keepalive ack (private)', ref: 'Cisco' },
    { number: 36136, name: 'R-U-THERE', ref: 'RFC 3706' },
    { number: 36137, name: 'R-U-THERE-ACK', ref: 'RFC 3706' },
    { number: 40001, name: 'NetScreen NHTB inform (private)', ref: 'Juniper ScreenOS' },
    { number: 40501, name: 'UNITY-LOAD-BALANCE (private)', ref: 'Cisco' },
    { number: 40502, name: 'Cisco private', ref: 'Cisco' },
    { number: 40503, name: 'UNITY-GROUP-HASH (private)', ref: 'Cisco' },
  ],
  2: [
    { number: 1, name: 'UNSUPPORTED_CRITICAL_PAYLOAD', ref: 'RFC 7296' },
    { number: 4, name: 'INVALID_IKE_SPI', ref: 'RFC 7296' },
    { number: 5, name: 'INVALID_MAJOR_VERSION', ref: 'RFC 7296' },
    { number: 7, name: 'INVALID_SYNTAX', ref: 'RFC 7296' },
    { number: 9, name: 'INVALID_MESSAGE_ID', ref: 'RFC 7296' },
    { number: 11, name: 'INVALID_SPI', ref: 'RFC 7296' },
    { number: 14, name: 'NO_PROPOSAL_CHOSEN', ref: 'RFC 7296' },
    { number: 17, name: 'INVALID_KE_PAYLOAD', ref: 'RFC 7296' },
    { number: 24, name: 'AUTHENTICATION_FAILED', ref: 'RFC 7296' },
    { number: 34, name: 'SINGLE_PAIR_REQUIRED', ref: 'RFC 7296' },
    { number: 35, name: 'NO_ADDITIONAL_SAS', ref: 'RFC 7296' },
    { number: 36, name: 'INTERNAL_ADDRESS_FAILURE', ref: 'RFC 7296' },
    { number: 37, name: 'FAILED_CP_REQUIRED', ref: 'RFC 7296' },
    { number: 38, name: 'TS_UNACCEPTABLE', ref: 'RFC 7296' },
    { number: 39, name: 'INVALID_SELECTORS', ref: 'RFC 7296' },
    { number: 40, name: 'UNACCEPTABLE_ADDRESSES', ref: 'RFC 4555' },
    { number: 41, name: 'UNEXPECTED_NAT_DETECTED', ref: 'RFC 4555' },
    { number: 42, name: 'USE_ASSIGNED_HoA', ref: 'RFC 5026' },
    { number: 43, name: 'TEMPORARY_FAILURE', ref: 'RFC 7296' },
    { number: 44, name: 'CHILD_SA_NOT_FOUND', ref: 'RFC 7296' },
    { number: 45, name: 'INVALID_GROUP_ID', ref: 'RFC 9838' },
    { number: 46, name: 'AUTHORIZATION_FAILED', ref: 'RFC 9838' },
    { number: 47, name: 'STATE_NOT_FOUND', ref: 'RFC 9370' },
    { number: 48, name: 'TS_MAX_QUEUE', ref: 'RFC 9611' },
    { number: 49, name: 'REGISTRATION_FAILED', ref: 'RFC 9838' },
    { number: 16384, name: 'INITIAL_CONTACT', ref: 'RFC 7296' },
    { number: 16385, name: 'SET_WINDOW_SIZE', ref: 'RFC 7296' },
    { number: 16386, name: 'ADDITIONAL_TS_POSSIBLE', ref: 'RFC 7296' },
    { number: 16387, name: 'IPCOMP_SUPPORTED', ref: 'RFC 7296' },
    { number: 16388, name: 'NAT_DETECTION_SOURCE_IP', ref: 'RFC 7296' },
    { number: 16389, name: 'NAT_DETECTION_DESTINATION_IP', ref: 'RFC 7296' },
    { number: 16390, name: 'COOKIE', ref: 'RFC 7296' },
    { number: 16391, name: 'USE_TRANSPORT_MODE', ref: 'RFC 7296' },
    { number: 16392, name: 'HTTP_CERT_LOOKUP_SUPPORTED', ref: 'RFC 7296' },
    { number: 16393, name: 'REKEY_SA', ref: 'RFC 7296' },
    { number: 16394, name: 'ESP_TFC_PADDING_NOT_SUPPORTED', ref: 'RFC 7296' },
    { number: 16395, name: 'NON_FIRST_FRAGMENTS_ALSO', ref: 'RFC 7296' },
    { number: 16396, name: 'MOBIKE_SUPPORTED', ref: 'RFC 4555' },
    { number: 16397, name: 'ADDITIONAL_IP4_ADDRESS', ref: 'RFC 4555' },
    { number: 16398, name: 'ADDITIONAL_IP6_ADDRESS', ref: 'RFC 4555' },
    { number: 16399, name: 'NO_ADDITIONAL_ADDRESSES', ref: 'RFC 4555' },
    { number: 16400, name: 'UPDATE_SA_ADDRESSES', ref: 'RFC 4555' },
    { number: 16401, name: 'COOKIE2', ref: 'RFC 4555' },
    { number: 16402, name: 'NO_NATS_ALLOWED', ref: 'RFC 4555' },
    { number: 16403, name: 'AUTH_LIFETIME', ref: 'RFC 4478' },
    { number: 16404, name: 'MULTIPLE_AUTH_SUPPORTED', ref: 'RFC 4739' },
    { number: 16405, name: 'ANOTHER_AUTH_FOLLOWS', ref: 'RFC 4739' },
    { number: 16406, name: 'REDIRECT_SUPPORTED', ref: 'RFC 5685' },
    { number: 16407, name: 'REDIRECT', ref: 'RFC 5685' },
    { number: 16408, name: 'REDIRECTED_FROM', ref: 'RFC 5685' },
    { number: 16409, name: 'TICKET_LT_OPAQUE', ref: 'RFC 5723' },
    { number: 16410, name: 'TICKET_REQUEST', ref: 'RFC 5723' },
    { number: 16411, name: 'TICKET_ACK', ref: 'RFC 5723' },
    { number: 16412, name: 'TICKET_NACK', ref: 'RFC 5723' },
    { number: 16413, name: 'TICKET_OPAQUE', ref: 'RFC 5723' },
    { number: 16414, name: 'LINK_ID', ref: 'RFC 5739' },
    { number: 16415, name: 'USE_WESP_MODE', ref: 'RFC 5840' },
    { number: 16416, name: 'ROHC_SUPPORTED', ref: 'RFC 5857' },
    { number: 16417, name: 'EAP_ONLY_AUTHENTICATION', ref: 'RFC 5998' },
    { number: 16418, name: 'CHILDLESS_IKEV2_SUPPORTED', ref: 'RFC 6023' },
    { number: 16419, name: 'QUICK_CRASH_DETECTION', ref: 'RFC 6290' },
    { number: 16420, name: 'IKEV2_MESSAGE_ID_SYNC_SUPPORTED', ref: 'RFC 6311' },
    { number: 16421, name: 'IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED', ref: 'RFC 6311' },
    { number: 16422, name: 'IKEV2_MESSAGE_ID_SYNC', ref: 'RFC 6311' },
    { number: 16423, name: 'IPSEC_REPLAY_COUNTER_SYNC', ref: 'RFC 6311' },
    { number: 16424, name: 'SECURE_PASSWORD_METHODS', ref: 'RFC 6467' },
    { number: 16425, name: 'PSK_PERSIST', ref: 'RFC 6631' },
    { number: 16426, name: 'PSK_CONFIRM', ref: 'RFC 6631' },
    { number: 16427, name: 'ERX_SUPPORTED', ref: 'RFC 6867' },
    { number: 16428, name: 'IFOM_CAPABILITY', ref: '3GPP-TS-24.303' },
    { number: 16429, name: 'GROUP_SENDER', ref: 'RFC 9838' },
    { number: 16430, name: 'IKEV2_FRAGMENTATION_SUPPORTED', ref: 'RFC 7383' },
    { number: 16431, name: 'SIGNATURE_HASH_ALGORITHMS', ref: 'RFC 7427' },
    { number: 16432, name: 'CLONE_IKE_SA_SUPPORTED', ref: 'RFC 7791' },
    { number: 16433, name: 'CLONE_IKE_SA', ref: 'RFC 7791' },
    { number: 16434, name: 'PUZZLE', ref: 'RFC 8019' },
    { number: 16435, name: 'USE_PPK', ref: 'RFC 8784' },
    { number: 16436, name: 'PPK_IDENTITY', ref: 'RFC 8784' },
    { number: 16437, name: 'NO_PPK_AUTH', ref: 'RFC 8784' },
    { number: 16438, name: 'INTERMEDIATE_EXCHANGE_SUPPORTED', ref: 'RFC 9242' },
    { number: 16439, name: 'IP4_ALLOWED', ref: 'RFC 8983' },
    { number: 16440, name: 'IP6_ALLOWED', ref: 'RFC 8983' },
    { number: 16441, name: 'ADDITIONAL_KEY_EXCHANGE', ref: 'RFC 9370' },
    { number: 16442, name: 'USE_AGGFRAG', ref: 'RFC 9347' },
    { number: 16443, name: 'SUPPORTED_AUTH_METHODS', ref: 'RFC 9593' },
    { number: 16444, name: 'SA_RESOURCE_INFO', ref: 'RFC 9611' },
    { number: 16445, name: 'USE_PPK_INT', ref: 'RFC 9867' },
    { number: 16446, name: 'PPK_IDENTITY_KEY', ref: 'RFC 9867' },
    { number: 16447, name: 'IKE_SA_INIT_FULL_TRANSCRIPT_AUTH', ref: 'RFC-ietf-ipsecme-ikev2-downgrade-prevention' },
    { number: 40961, name: 'USE_BEET_MODE (strongSwan private)', ref: 'strongSwan' },
  ],
};

/** Protocol identifiers of proposals, notifies and deletes. @see RFC 2407 §4.4.1, RFC 7296 §3.3.1 */
export const PROTOCOLS: VersionTables = {
  1: [
    { number: 0, name: 'RESERVED', ref: 'RFC 2407' },
    { number: 1, name: 'PROTO_ISAKMP', ref: 'RFC 2407' },
    { number: 2, name: 'PROTO_IPSEC_AH', ref: 'RFC 2407' },
    { number: 3, name: 'PROTO_IPSEC_ESP', ref: 'RFC 2407' },
    { number: 4, name: 'PROTO_IPCOMP', ref: 'RFC 2407' },
  ],
  2: [
    { number: 0, name: 'Reserved', ref: 'RFC 7296' },
    { number: 1, name: 'IKE', ref: 'RFC 7296' },
    { number: 2, name: 'AH', ref: 'RFC 7296' },
    { number: 3, name: 'ESP', ref: 'RFC 7296' },
    { number: 4, name: 'FC_ESP_HEADER', ref: 'RFC 4595' },
    { number: 5, name: 'FC_CT_AUTHENTICATION', ref: 'RFC 4595' },
    { number: 6, name: 'GIKE_UPDATE', ref: 'RFC 9838' },
  ],
};

/** Identification types. @see RFC 2407 §4.6.2.1, RFC 7296 §3.5 */
export const IDENTITIES: VersionTables = {
  1: [
    { number: 1, name: 'ID_IPV4_ADDR', ref: 'RFC 2407' },
    { number: 2, name: 'ID_FQDN', ref: 'RFC 2407' },
    { number: 3, name: 'ID_USER_FQDN', ref: 'RFC 2407' },
    { number: 4, name: 'ID_IPV4_ADDR_SUBNET', ref: 'RFC 2407' },
    { number: 5, name: 'ID_IPV6_ADDR', ref: 'RFC 2407' },
    { number: 6, name: 'ID_IPV6_ADDR_SUBNET', ref: 'RFC 2407' },
    { number: 7, name: 'ID_IPV4_ADDR_RANGE', ref: 'RFC 2407' },
    { number: 8, name: 'ID_IPV6_ADDR_RANGE', ref: 'RFC 2407' },
    { number: 9, name: 'ID_DER_ASN1_DN', ref: 'RFC 2407' },
    { number: 10, name: 'ID_DER_ASN1_GN', ref: 'RFC 2407' },
    { number: 11, name: 'ID_KEY_ID', ref: 'RFC 2407' },
    { number: 12, name: 'ID_LIST', ref: 'RFC 3554' },
  ],
  2: [
    { number: 1, name: 'ID_IPV4_ADDR', ref: 'RFC 7296' },
    { number: 2, name: 'ID_FQDN', ref: 'RFC 7296' },
    { number: 3, name: 'ID_RFC822_ADDR', ref: 'RFC 7296' },
    { number: 5, name: 'ID_IPV6_ADDR', ref: 'RFC 7296' },
    { number: 9, name: 'ID_DER_ASN1_DN', ref: 'RFC 7296' },
    { number: 10, name: 'ID_DER_ASN1_GN', ref: 'RFC 7296' },
    { number: 11, name: 'ID_KEY_ID', ref: 'RFC 7296' },
    { number: 12, name: 'ID_FC_NAME', ref: 'RFC 4595' },
    { number: 13, name: 'ID_NULL', ref: 'RFC 7619' },
  ],
};

/** Bits of the flags octet. @see RFC 2408 §3.1, RFC 7296 §3.1 */
export const FLAGS: VersionTables = {
  1: [
    { number: 1, name: 'Encryption', ref: 'RFC 2408' },
    { number: 2, name: 'Commit', ref: 'RFC 2408' },
    { number: 4, name: 'Authentication Only', ref: 'RFC 2408' },
  ],
  2: [
    { number: 8, name: 'Initiator', ref: 'RFC 7296' },
    { number: 16, name: 'Version', ref: 'RFC 7296' },
    { number: 32, name: 'Response', ref: 'RFC 7296' },
  ],
};

/** Exchange types by the words this code uses. */
export const EXCHANGE = {
  mainMode: 2,
  aggressiveMode: 4,
  informationalV1: 5,
  transaction: 6,
  quickMode: 32,
  saInit: 34,
  auth: 35,
  createChildSa: 36,
  informational: 37,
  intermediate: 43,
  followupKe: 44,
} as const;

/** Flags by the words this code uses. */
export const FLAG = {
  encryption: 0x01,
  commit: 0x02,
  authenticationOnly: 0x04,
  initiator: 0x08,
  version: 0x10,
  response: 0x20,
} as const;

/** IKEv1 payload types by the words this code uses. */
export const PAYLOAD_V1 = {
  sa: 1,
  ke: 4,
  id: 5,
  cert: 6,
  certreq: 7,
  hash: 8,
  sig: 9,
  nonce: 10,
  notify: 11,
  delete: 12,
  vendor: 13,
  cp: 14,
  natd: 20,
  natoa: 21,
  natdDraft: 130,
  natoaDraft: 131,
  fragment: 132,
} as const;

/** IKEv2 payload types by the words this code uses. */
export const PAYLOAD_V2 = {
  sa: 33,
  ke: 34,
  idInitiator: 35,
  idResponder: 36,
  cert: 37,
  certreq: 38,
  auth: 39,
  nonce: 40,
  notify: 41,
  delete: 42,
  vendor: 43,
  tsInitiator: 44,
  tsResponder: 45,
  encrypted: 46,
  cp: 47,
  eap: 48,
  fragment: 53,
} as const;

/** `Identity Protection`, `IKE_SA_INIT`, or `exchange 77`. */
export function exchangeName(version: Version, number: number): string {
  return NAMES.exchange[version].get(number) ?? `exchange ${number}`;
}

/** `Security Association`, or `payload 77`. */
export function payloadName(version: Version, number: number): string {
  return NAMES.payload[version].get(number) ?? `payload ${number}`;
}

/** `NO-PROPOSAL-CHOSEN` in IKEv1, `NO_PROPOSAL_CHOSEN` in IKEv2, or `notify 77`. */
export function notifyName(version: Version, number: number): string {
  return NAMES.notify[version].get(number) ?? `notify ${number}`;
}

/** `PROTO_IPSEC_ESP` in IKEv1, `ESP` in IKEv2, or `protocol 77`. */
export function protocolName(version: Version, number: number): string {
  return NAMES.protocol[version].get(number) ?? `protocol ${number}`;
}

/** `ID_FQDN`, or `identity 77`. */
export function identityName(version: Version, number: number): string {
  return NAMES.identity[version].get(number) ?? `identity ${number}`;
}

/** The names of the bits that are set; `flag 0x40` for a bit without a name. */
export function flagNames(version: Version, flags: number): readonly string[] {
  const names: string[] = [];
  for (let bit = 1; bit <= 0x80; bit <<= 1) {
    if ((flags & bit) !== 0) names.push(NAMES.flag[version].get(bit) ?? `flag 0x${bit.toString(16).padStart(2, '0')}`);
  }
  return names;
}

/** Whether a notify says that something failed. Both versions count errors from 1 to 16383. */
export const isErrorNotify = (number: number): boolean => number < 16384;

const byNumber = (tables: VersionTables): Readonly<Record<Version, ReadonlyMap<number, string>>> => ({
  1: new Map(tables[1].map((row) => [row.number, row.name])),
  2: new Map(tables[2].map((row) => [row.number, row.name])),
});

const NAMES = {
  exchange: byNumber(EXCHANGES),
  payload: byNumber(PAYLOADS),
  notify: byNumber(NOTIFIES),
  protocol: byNumber(PROTOCOLS),
  identity: byNumber(IDENTITIES),
  flag: byNumber(FLAGS),
} as const;
