/**
 * The contract of a profile: one implementation's mind, in both roles.
 *
 * Rule 1: a profile is told octets, because an implementation's decoder is part of its behaviour, and says octets.
 * Rule 2: it never throws on any octets. A configuration that the daemon would not load is a fault of `faults`, not of `respond`.
 * Rule 3: it says from where its behaviour was read, and how it is known.
 *
 * A profile is one file (or one directory, when it has much to say) and one line of `profiles.ts`.
 *
 * @module
 */
import type { LogLine } from '../log-lines.ts';
import type { Negotiation, Offer } from '../model.ts';
import type { Policy } from '../policy.ts';
import type { Verdict } from '../verdict.ts';

/** How a behaviour is known, the firmest first. */
export type Grounds =
  /** The original's own functions were run on our inputs. */
  | 'recorded'
  /** Seen on the wire of the real daemon. */
  | 'measured'
  /** Read in its source. */
  | 'source'
  /** Read in a vendor's manual; not verified. */
  | 'documents';

/** The exchange that carries the offer, and for which purpose. */
export type Step = 'main' | 'aggressive' | 'quick' | 'sa-init' | 'auth' | 'create-child' | 'rekey-ike' | 'rekey-child';

/** What a profile is asked: an SA payload, and what else of the message the choice may hang on. */
export interface Request {
  readonly negotiation: Negotiation;
  readonly step: Step;
  /** The SA payload with its generic header, as received. */
  readonly sa: Uint8Array;
  /** The group of the KE payload: its own field in IKEv2, that of the first transform in IKEv1; none without KE. */
  readonly keGroup?: number;
  /** Notification types that stood beside (16438 INTERMEDIATE_EXCHANGE_SUPPORTED, …). */
  readonly notifies?: readonly number[];
  /** The peer showed our own vendor ID: private-use numbers mean what they mean to us. */
  readonly kin?: boolean;
}

/** An answer to check as the initiator: `offered` is what it answers. */
export interface AnswerToCheck extends Request {
  readonly offered: Uint8Array;
}

/** The names of a profile's own settings with their values, the default first; no list: any text. */
export type SettingsOf = Readonly<Record<string, Setting>>;

/** One of a daemon's own knobs that changes what it chooses. */
export interface Setting {
  /** What may be set, the default first; any text when left out, empty by default. */
  readonly values?: readonly string[];
  readonly meaning: string;
}

/** What one side is configured to do, in the numbers of the negotiation asked about. */
export interface Setup<Settings extends SettingsOf = SettingsOf> {
  /** OR of AND-bundles, best first. */
  readonly policy: Policy;
  /** IKEv1: methods of authentication, best first; pre-shared key (1) when left out. */
  readonly auth?: readonly number[];
  /** Seconds. */
  readonly lifetime?: number;
  /** IKEv1 phase 2: 1 tunnel, 2 transport; tunnel when left out. */
  readonly mode?: number;
  /** The group that a phase 2 without one in its policy is to use for PFS. */
  readonly pfsGroup?: number;
  /** The SPI of our answer, where the negotiation has one; 0x00001001 when left out. */
  readonly spi?: Uint8Array;
  readonly settings?: { readonly [Name in keyof Settings]?: ValueOf<Settings[Name]> };
}

type ValueOf<S extends Setting> = S['values'] extends readonly string[] ? S['values'][number] : string;

/** Which release judges. */
export interface Situation<Settings extends SettingsOf = SettingsOf> {
  readonly release: Release;
  readonly setup: Setup<Settings>;
  /** A setting, its default when it is not set. */
  readonly setting: <Name extends keyof Settings & string>(name: Name) => ValueOf<Settings[Name]>;
}

/** A release as a place in history. */
export interface Release {
  readonly name: string;
  /** Whether it is that release or a later one: `release.since('4.10')`. Dotted numbers are compared part by part. */
  readonly since: (release: string) => boolean;
}

/** How a notification travels: what a peer sees of it beside its type. */
export interface Notification {
  readonly kind: 'notify';
  readonly type: number;
  readonly data: Uint8Array;
  /** Of the notify payload: 0 none, 1 ISAKMP or IKE, … */
  readonly protocol: number;
  /** The notify payload's SPI: none, both cookies (16 octets), or four octets of zero. */
  readonly spi: 'none' | 'cookies' | 'zero';
  /** Of the header: the responder's cookie or SPI. */
  readonly responderSpi: 'set' | 'zero';
  readonly messageId: 'zero' | 'random' | 'same';
  /** It starts an exchange of its own, with new cookies. */
  readonly ownExchange?: true;
  readonly encrypted?: true;
}

/** What leaves for the peer. */
export type Wire =
  /** The SA payload of the answer, its next-payload octet left at zero. */
  | { readonly kind: 'answer'; readonly sa: Uint8Array }
  | Notification
  | { readonly kind: 'silence' }
  /** An initiator that is content goes on with its next message. */
  | { readonly kind: 'proceeds' };

/** The verdict, and what it looks like from outside. */
export type Response = Verdict & {
  readonly wire: Wire;
  readonly logs: readonly LogLine[];
  /** What it names to itself when its wire says less: the notify type behind a silence; -2 when it drops the message. */
  readonly code?: number;
  /** The proposal suits, but not the group of the KE payload: the group that is asked for. */
  readonly wantsGroup?: number;
};

/** Why a daemon would not load a configuration. */
export interface ConfigFault {
  /** The daemon's rule, in the daemon's words where they are known. */
  readonly rule: string;
  /** Where in the policy: bundle, want. */
  readonly path: readonly number[];
  readonly source?: string;
}

/** One implementation. */
export interface Profile<Settings extends SettingsOf = SettingsOf> {
  /** Lower case, as in `--as <name>@<release>`. */
  readonly name: string;
  /** As its makers write it. */
  readonly title: string;
  readonly basis: Grounds;
  /** Project, file, version, manual. */
  readonly sources: readonly string[];
  /** Those that differ, the oldest first; those between them behave as the one before. A single nameless one: `['']`. */
  readonly releases: readonly [string, ...string[]];
  /** The release that is meant when none is named; the last when left out. */
  readonly usualRelease?: string;
  /** Its own way of naming releases: the canonical name, nothing when there never was one. */
  readonly canonical?: (release: string) => string | undefined;
  readonly negotiations: readonly Negotiation[];
  readonly settings: Settings;
  /** Its policy is not a list of algorithms, but the text of this setting. */
  readonly policySetting?: keyof Settings & string;
  /** What a daemon says when it is to load this setup; nothing when it would. */
  readonly faults?: (negotiation: Negotiation, situation: Situation<Settings>) => readonly ConfigFault[];
  /** What it is set to when nothing is configured. */
  readonly defaults?: (negotiation: Negotiation, release: Release) => Setup<Settings> | undefined;
  /** Its answer as the responder. Not for profiles that only initiate. */
  readonly respond?: (request: Request, situation: Situation<Settings>) => Response;
  /** As the initiator: what it makes of an answer. */
  readonly check?: (answer: AnswerToCheck, situation: Situation<Settings>) => Response;
  /** What it offers with this setup, as the initiator. `group` is the one that INVALID_KE_PAYLOAD asked for; in quick mode that of the IKE SA. */
  readonly offer?: (step: Step, negotiation: Negotiation, situation: Situation<Settings>, group?: number) => Offer;
}

/** Keeps the names of the settings narrow, and then forgets them. */
export function defineProfile<const Settings extends SettingsOf>(profile: Profile<Settings>): Profile {
  return profile as unknown as Profile;
}
