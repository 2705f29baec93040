/**
 * Every implementation's mind: profiles by name, and what they answer.
 *
 * @module
 */
export { readSa, writeSa } from './answers.ts';
export { ConfigError, ProfileError, ReleaseError } from './errors.ts';
export { mindOf, type Setups } from './mind.ts';
export { type Choose, type Edit, type NearOffer, nearestOffers } from './nearest-offer.ts';
export { type Conversation, converse, groupsOf, type Round } from './negotiation.ts';
export { type OtherVersions, otherVersionsOf } from './other-versions.ts';
export type {
  AnswerToCheck,
  Grounds,
  ConfigFault,
  Notification,
  Profile,
  Release,
  Request,
  Response,
  Setting,
  Setup,
  Step,
  Wire,
} from './profile.ts';
export { PROFILES } from './profiles.ts';
export { compareReleases, type Configured, type Selector, selectorFor, selectorOf } from './selector.ts';
