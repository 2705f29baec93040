/** Connection choice as Pluto makes it: for the first message, by the peer's identity, by the clients of a Quick Mode. @module */
export type { Connection, End, Method, Serials, Step, Use, WhyNot } from './connection.ts';
export { isTemplate, prefixOf } from './connection.ts';
export { type Identity, matchIdentity, parseIdentity, sameIdentity } from './identities.ts';
export { confirmIdentity, refineByIdentity, type Refinement } from './identity-refinement.ts';
export { CONNECTIONS } from './log.ts';
export { type Arrival, chooseForMain, type MainChoice } from './main-mode.ts';
export { type IdPayload, readPhase1Identity } from './phase1-identity.ts';
export { chooseForQuick, type Clients, type QuickChoice } from './quick-mode.ts';
export { bringUp, conflictingRoutes, type RouteChange, type Tunnel } from './routes.ts';
export {
  type Because,
  type Moment,
  type NameAt,
  type NamedLine,
  type Negotiation as PeerNegotiation,
  type Walk,
  walkNegotiation,
} from './walk.ts';
