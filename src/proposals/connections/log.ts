/**
 * What Pluto writes while it looks for a connection, as data.
 *
 * @see FreeS/WAN 2.0x `ipsec_doi.c`, `connections.c`
 * @module
 */
import { logBook } from '../log-lines.ts';

/** The lines about connections. */
export const CONNECTIONS = logBook({
  respondingToUnknown: { text: 'responding to Main Mode from unknown peer {peer}', level: 'normal' },
  /** Up to 1.x. */
  respondingToRoadWarrior: { text: 'responding to Main Mode from Road Warrior', level: 'normal' },
  responding: { text: 'responding to Main Mode', level: 'normal' },
  forbidden: {
    text: 'initial Main Mode message received on {our}:{port} but "{connection}" forbids connection',
    level: 'normal',
  },
  notAuthorized: {
    text: 'initial Main Mode message received on {our}:{port} but no connection has been authorized',
    level: 'normal',
  },
  instantiated: { text: 'instantiated "{connection}" for {peer}', level: 'debug' },
  peerId: { text: "Peer ID is {type}: '{id}'", level: 'normal' },
  noSuitable: { text: "no suitable connection for peer '{id}'", level: 'normal' },
  /** Up to 1.x. */
  noSuitableForPeer: { text: 'no suitable connection for peer', level: 'normal' },
  switched: { text: 'switched from "{from}" to "{to}"', level: 'debug' },
  otherPeer: { text: "we require peer to have ID '{expected}', but peer declares '{declared}'", level: 'normal' },
  noneKnown: { text: 'cannot respond to IPsec SA request because no connection is known for {tunnel}', level: 'normal' },
  using: { text: 'using connection "{connection}"', level: 'debug' },
  protocolPort: {
    text: 'protocol/port in Phase 1 ID Payload must be 0/0 or 17/500 but are {protocol}/{port}',
    level: 'normal',
  },
  unacceptableType: { text: 'Unacceptable identity type ({type}) in Phase 1 ID Payload', level: 'normal' },
  withoutAt: { text: "peer's ID_USER_FQDN contains no @", level: 'normal' },
  withNul: { text: 'Phase 1 ID Payload of type {type} contains a NUL', level: 'normal' },
  improperAddress: { text: 'improper {type} identification payload: {why}', level: 'normal' },
});
