/** The profile beside the daemon: one prediction, one answer. */
import {
  ConfigError,
  type Configured as Predictor,
  DialectError,
  type Policy,
  ProfileError,
  ReleaseError,
  selectorFor,
} from '../../src/proposals/index.ts';

import { readPolicy } from './dialect.ts';
import { negotiationOf, profileSettings, specOf, type Subject } from './policies.ts';
import { type Question, requestOf } from './question.ts';
import { predictedOf, type Seen } from './reply.ts';

/** What a profile says beforehand. `reason`: why there is no prediction. */
export type Prediction =
  | { readonly kind: 'predictor'; readonly predictor: Predictor; readonly policy: Policy }
  | { readonly kind: 'none' | 'refuses'; readonly reason: string };

/** The subject's profile with this policy. */
export function predictionOf(subject: Subject, texts: readonly string[]): Prediction {
  const negotiation = negotiationOf(subject);
  try {
    const selector = selectorFor(specOf(subject));
    const settings = profileSettings(subject);
    const policy = texts.length === 0 ? undefined : readPolicy(specOf(subject), negotiation, texts);
    const setup = policy && { policy, auth: [1], settings };
    const predictor = selector.configured(negotiation, setup);
    return { kind: 'predictor', predictor, policy: predictor.setup.policy };
  } catch (error) {
    if (error instanceof ProfileError || error instanceof ReleaseError) return { kind: 'none', reason: `no profile ${specOf(subject)}` };
    if (error instanceof ConfigError || error instanceof DialectError) return { kind: 'refuses', reason: error.message };
    throw error;
  }
}

/** What the profile predicts; a profile that throws predicts its error, which nothing equals. */
export function predict(predictor: Predictor, question: Question): Seen {
  try {
    return predictedOf(predictor.respond(requestOf(question)).wire);
  } catch (error) {
    return { kind: 'other', text: `the profile throws: ${error instanceof Error ? error.stack : String(error)}` };
  }
}

/** Two different things that were told apart: the policy, what was asked, said and predicted. */
export interface Disagreement {
  readonly subject: Subject;
  readonly texts: readonly string[];
  readonly question: Question;
  readonly seen: Seen;
  readonly predicted: Seen;
  /** What the daemon wrote while it was asked. */
  readonly log?: string;
}

/** "answer instead of notify 14": what is alike for a hundred offers. */
export function patternOf({ seen, predicted }: Pick<Disagreement, 'seen' | 'predicted'>): string {
  return `${short(seen)}, not ${short(predicted)}`;
}

const short = ({ kind, type, text }: Seen): string => (kind === 'notify' ? `notify ${type}` : kind === 'other' ? text.slice(0, 60) : kind);
